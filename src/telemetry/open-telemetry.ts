import type * as OpenTelemetryApi from '@opentelemetry/api';
import type { Metering } from './metering.js';
import { exportMeters } from './open-telemetry-metrics.js';
import { Tracing } from './open-telemetry-traces.js';
import type { TelemetryHub } from './telemetry-hub.js';

type Api = typeof OpenTelemetryApi;
type Meter = ReturnType<Api['metrics']['getMeter']>;
type Tracer = ReturnType<Api['trace']['getTracer']>;

/** The instrumentation scope of all metrics and spans. */
const SCOPE = 'nestjs-reports-cache';

/**
 * Connects metrics and traces to the OpenTelemetry SDK that the app has registered before it started, as SDKs ask for.
 * Without one, or without the package `@opentelemetry/api`, nothing is counted and nothing wrapped.
 */
export class OpenTelemetry {
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly hub: TelemetryHub,
    private readonly metering: Metering,
  ) {}

  /** Never rejects: what telemetry lacks is no report's fault. */
  async start(): Promise<void> {
    const api = await importApi();
    if (api === undefined) return;
    const meter = findMeter(api);
    const tracer = findTracer(api);
    if (meter !== undefined) this.ends.push(exportMeters(meter, this.metering, api.ValueType.DOUBLE));
    if (tracer !== undefined) this.ends.push(this.hub.listen(new Tracing(api, tracer)));
  }

  /** To be called before the store closes: an SDK asks for figures until it is shut down itself. */
  stop(): void {
    for (const end of this.ends.splice(0)) end();
  }
}

async function importApi(): Promise<Api | undefined> {
  try {
    return await import('@opentelemetry/api');
  } catch {
    return undefined;
  }
}

/** `undefined` where no SDK is registered: the API then hands out a meter that does nothing. */
function findMeter({ metrics, createNoopMeter }: Api): Meter | undefined {
  const meter = metrics.getMeter(SCOPE);
  return meter.constructor === createNoopMeter().constructor ? undefined : meter;
}

/** `undefined` where no SDK is registered: the API's proxy has nobody to pass spans on to. */
function findTracer({ trace, ProxyTracerProvider }: Api): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer(SCOPE)
    : provider.getTracer(SCOPE);
}

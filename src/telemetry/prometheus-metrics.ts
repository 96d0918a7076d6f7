import { INSTRUMENTS, type Instrument } from './instruments.js';
import type { Meters } from './meters.js';
import { prometheusName } from './prometheus-names.js';
import { toHistogramSamples, toSamples, type Sample } from './prometheus-samples.js';
import type { Reading } from './readings.js';

/**
 * A metric as the registries of `prom-client` read it. Its own `Counter` and `Histogram` count for themselves; these
 * show what is counted already, so that a hit counts once for OpenTelemetry and Prometheus together.
 */
export class PrometheusMetric {
  /** A registry for OpenMetrics takes `_total` off it, and puts it on each line instead. */
  name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';

  constructor(
    private readonly instrument: Instrument,
    private readonly samples: (name: string) => Promise<Sample[]>,
  ) {
    this.name = prometheusName(instrument);
    this.type = instrument.kind === 'updown' ? 'gauge' : instrument.kind;
  }

  /** `aggregator` is for `prom-client`'s `AggregatorRegistry`: processes on one store show the same gauges. */
  async get(): Promise<object> {
    const { name, type } = this;
    return {
      name,
      type,
      help: this.instrument.description,
      aggregator: this.instrument.kind === 'gauge' ? 'max' : 'sum',
      values: await this.samples(name),
    };
  }

  /** Nothing to set to zero: registries call it in tests of the app. */
  reset(): void {}
}

/** @param readings all of one moment: asked for by each metric of a scrape. */
export function prometheusMetrics(
  meters: Meters,
  readings: () => Promise<readonly Reading[]>,
): PrometheusMetric[] {
  return Object.values<Instrument>(INSTRUMENTS).map((instrument) =>
    instrument.kind === 'histogram'
      ? new PrometheusMetric(instrument, (name) =>
          Promise.resolve(toHistogramSamples(name, meters.histogramOf(instrument))),
        )
      : new PrometheusMetric(instrument, async () => toSamples(pointsOf(await readings(), instrument))),
  );
}

function pointsOf(readings: readonly Reading[], instrument: Instrument): Reading['points'] {
  return readings.find((reading) => reading.instrument === instrument)?.points ?? [];
}

import type * as OpenTelemetryApi from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import type { AnswerOutcome, Operation, Telemetry, UnansweredOutcome } from '../common/telemetry.js';
import { OUTCOME, REASON, TYPE } from './instruments.js';

type Api = typeof OpenTelemetryApi;

/** Of the semantic conventions: for an error whose class has no plain name. */
const OTHER_ERROR = '_OTHER';

/**
 * A span for each lookup in the store, load, fill and flush, beneath the span that is active. A hit in memory has none
 * of its own, for it would have no length; as every answer, it tells the active span what it was.
 */
export class Tracing implements Telemetry {
  constructor(
    private readonly api: Api,
    private readonly tracer: Tracer,
  ) {}

  answered(type: string, outcome: AnswerOutcome, _durationMs: number, reason?: string): void {
    this.describe(type, outcome, reason);
  }

  unanswered(type: string, outcome: UnansweredOutcome, reason?: string): void {
    this.describe(type, outcome, reason);
  }

  shadowChecked(): void {}

  during<T>(
    operation: Operation,
    type: string | undefined,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const attributes = type === undefined ? {} : { [TYPE]: type };
    return this.tracer.startActiveSpan(`reports_cache.${operation}`, { attributes }, async (span) => {
      try {
        const result = await work();
        span.setAttribute(OUTCOME, outcomeOf(result));
        return result;
      } catch (error) {
        this.fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  private describe(type: string, outcome: string, reason: string | undefined): void {
    const span = this.api.trace.getActiveSpan();
    if (span?.isRecording() !== true) return;
    span.setAttribute(TYPE, type);
    span.setAttribute(OUTCOME, outcome);
    if (reason !== undefined) span.setAttribute(REASON, reason);
  }

  /** Not by `recordException()`: messages of sources hold figures and names, and traces go where reports may not. */
  private fail(span: Span, error: unknown): void {
    span.setAttribute(OUTCOME, 'failed');
    span.setAttribute('error.type', errorType(error));
    span.setStatus({ code: this.api.SpanStatusCode.ERROR });
  }
}

function errorType(error: unknown): string {
  return error instanceof Error && /^[\w$]{1,60}$/.test(error.name) ? error.name : OTHER_ERROR;
}

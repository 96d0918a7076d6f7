import type {
  AnswerOutcome,
  Operation,
  ShadowVerdict,
  Telemetry,
  UnansweredOutcome,
} from '../common/telemetry.js';

/** Tells all who listen. Nobody does until metrics or traces are asked for; a call then costs an empty loop. */
export class TelemetryHub implements Telemetry {
  private listeners: readonly Telemetry[] = [];

  /** Returns a function that ends it. */
  listen(listener: Telemetry): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  answered(type: string, outcome: AnswerOutcome, durationMs: number, reason?: string): void {
    for (const listener of this.listeners) listener.answered(type, outcome, durationMs, reason);
  }

  unanswered(type: string, outcome: UnansweredOutcome, reason?: string): void {
    for (const listener of this.listeners) listener.unanswered(type, outcome, reason);
  }

  shadowChecked(type: string, verdict: ShadowVerdict): void {
    for (const listener of this.listeners) listener.shadowChecked(type, verdict);
  }

  /** One inside the other, the first outermost. */
  during<T>(
    operation: Operation,
    type: string | undefined,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    return this.listeners.reduceRight(
      (inner, listener) => () => listener.during(operation, type, inner, outcomeOf),
      work,
    )();
  }
}

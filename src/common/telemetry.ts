/** How a request of a cacheable route was answered. `coalesced`: by a load that another request had begun. */
export type AnswerOutcome = 'hit' | 'stale' | 'miss' | 'coalesced';

/** How it ended without an answer of the cache: the handler said 4xx, the source failed, or it went past the cache. */
export type UnansweredOutcome = 'refused' | 'failed' | 'bypass';

/** What takes time behind or inside a request. */
export type Operation = 'lookup' | 'load' | 'fill' | 'flush';

/**
 * What became of a shadow check. `overtaken`: the entry was dropped or replaced before the verdict. `failed`: the
 * handler brought nothing to compare.
 */
export type ShadowVerdict = 'same' | 'different' | 'overtaken' | 'failed';

/**
 * Where the rooms tell what happens, for metrics and traces. Nothing that a client can choose goes in: types come from
 * decorators and code, outcomes and reasons from short lists. Never a company, a user or a key.
 */
export interface Telemetry {
  /** Called on every hit: it must not allocate where nobody listens. @param reason why it was a miss. */
  answered(type: string, outcome: AnswerOutcome, durationMs: number, reason?: string): void;
  /** @param reason why it went past the cache. */
  unanswered(type: string, outcome: UnansweredOutcome, reason?: string): void;
  shadowChecked(type: string, verdict: ShadowVerdict): void;
  /**
   * Runs the work, and passes on what it brings or throws.
   * @param type `undefined` where the work is for many.
   * @param outcomeOf one word for what it brought; an error is `failed`.
   */
  during<T>(
    operation: Operation,
    type: string | undefined,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T>;
}

/** Nobody listens. */
export const noTelemetry: Telemetry = {
  answered: () => undefined,
  unanswered: () => undefined,
  shadowChecked: () => undefined,
  during: (_operation, _type, work) => work(),
};

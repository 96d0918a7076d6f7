/** Where the module reads the time. Tests provide one they can move, under {@link REPORTS_CACHE_CLOCK}. */
export interface Clock {
  /** Epoch milliseconds, as `Date.now()`. Decides expiry and stamps rows. */
  now(): number;
  /** Monotonic milliseconds, as `performance.now()`. Measures how long something took. */
  elapsed(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};

/** The times of an entry, in epoch milliseconds. */
export interface Lifetime {
  readonly expiresAt: number;
  readonly graceUntil: number;
}

/** The one rule of expiry: an entry is fresh while `now < expiresAt`. */
export function isFresh(entry: Lifetime, now: number): boolean {
  return now < entry.expiresAt;
}

/** Whether it may still answer when the source fails or is slow. */
export function isInGrace(entry: Lifetime, now: number): boolean {
  return now < entry.graceUntil;
}

/**
 * XFetch (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015): whether to
 * refresh before expiry. The nearer the expiry and the slower the load, the likelier, so that one caller does it
 * and the herd never meets the cliff.
 * @param loadMs what the load took.
 * @param beta above 1 refreshes earlier, below 1 later.
 * @param random in [0, 1).
 */
export function isDueEarly(
  entry: Lifetime,
  now: number,
  loadMs: number,
  beta: number,
  random: number,
): boolean {
  return now - loadMs * beta * Math.log(1 - random) >= entry.expiresAt;
}

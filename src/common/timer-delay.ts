/** The longest time a timer takes; beyond it, Node would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** What `setTimeout` is given for a time that may be longer than it can take: about 25 days stand for all that is longer. */
export function timerDelay(milliseconds: number): number {
  return Math.min(milliseconds, MAX_DELAY_MS);
}

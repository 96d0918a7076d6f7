/**
 * What became of a cacheable request: answered with what is stored; by running the source; by waiting for another
 * request's run; with an expired answer within its grace; past the cache; or not at all, because the source failed.
 */
export const REQUEST_OUTCOMES = ['hit', 'miss', 'coalesced', 'stale', 'bypass', 'failed'] as const;

export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export function isRequestOutcome(value: unknown): value is RequestOutcome {
  return (REQUEST_OUTCOMES as readonly unknown[]).includes(value);
}

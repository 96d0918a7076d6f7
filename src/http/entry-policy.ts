import type { EntryPolicy } from '../cache/fetch-request.js';
import { parseDuration } from '../common/duration.js';
import type { RuntimePolicy } from '../common/runtime-policy.js';
import { Bypass } from './bypass.js';
import type { HttpRequest } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/**
 * How long the answer of this request lives: by what is set while the app runs, by its route, by the module.
 * @throws {Bypass} when the route's function returns no duration.
 */
export function toPolicy(
  plan: CacheablePlan,
  request: HttpRequest,
  runtime: RuntimePolicy,
  defaultTtlMs: number,
): EntryPolicy {
  const { graceMs, softTimeoutMs, earlyRefresh, jitter } = plan;
  const ttlMs = runtime.ttlMs(plan.type) ?? readTtl(plan, request) ?? defaultTtlMs;
  return { ttlMs, graceMs, softTimeoutMs, earlyRefresh, jitter };
}

/**
 * For a request that wants the source's answer and nothing else: one that is sent away with an expired report would
 * not have made anything, and its load would go on with nobody counting it.
 */
export function untilLoaded(policy: EntryPolicy): EntryPolicy {
  return { ...policy, softTimeoutMs: undefined };
}

function readTtl({ ttl }: CacheablePlan, request: HttpRequest): number | undefined {
  if (ttl === undefined) return undefined;
  const ttlMs = parseDuration(ttl(request));
  if (ttlMs === undefined) throw new Bypass('ttl-type');
  return ttlMs;
}

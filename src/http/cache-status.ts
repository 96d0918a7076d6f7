import type { MissReason, Outcome } from '../cache/outcome.js';
import type { BypassReason } from './bypass.js';

/** The name of this cache in `Cache-Status`. */
const CACHE_NAME = 'reports-cache';

export type XCache = 'HIT' | 'MISS' | 'STALE' | 'BYPASS';

/** What happened to a request, in the two spellings that are sent. */
export interface CacheVerdict {
  readonly xCache: XCache;
  /** The value of `Cache-Status` (RFC 9211). */
  readonly cacheStatus: string;
}

export function describeOutcome(outcome: Outcome<unknown>, now: number): CacheVerdict {
  switch (outcome.status) {
    case 'hit':
      return { xCache: 'HIT', cacheStatus: `${CACHE_NAME}; hit; ttl=${seconds(outcome.expiresAt - now)}` };
    case 'stale':
      return {
        xCache: 'STALE',
        cacheStatus: `${CACHE_NAME}; hit; ttl=${seconds(outcome.expiresAt - now)}; detail=grace`,
      };
    case 'miss': {
      const forward = FORWARD_REASONS[outcome.reason] ?? 'uri-miss';
      const stored = outcome.stored === undefined ? '' : '; stored';
      const collapsed = outcome.collapsed ? '; collapsed' : '';
      return {
        xCache: 'MISS',
        cacheStatus: `${CACHE_NAME}; fwd=${forward}${stored}${collapsed}; detail=${outcome.reason}`,
      };
    }
  }
}

/** The reasons of RFC 9211, section 2.2, where ours is another than that nothing was stored. */
const FORWARD_REASONS: Partial<Record<MissReason, string>> = { ttl: 'stale', refresh: 'request' };

export function describeBypass(reason: BypassReason): CacheVerdict {
  const forward = reason === 'method' ? 'method' : 'bypass';
  return { xCache: 'BYPASS', cacheStatus: `${CACHE_NAME}; fwd=${forward}; detail=${reason}` };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}

import { z } from 'zod';

/** Epoch milliseconds. */
export const instant = z.int().describe('epoch milliseconds');

export const count = z.int().nonnegative();

export const milliseconds = z.number().describe('milliseconds');

/** How far a view looks back. */
export const range = z.enum(['24h', '7d', '30d', '90d', '1y']);

export const quantiles = z
  .object({ p50Ms: milliseconds.nullable(), p95Ms: milliseconds.nullable() })
  .describe('response times, each within 2 %; null when there was no such request');

export const outcomeCounts = z
  .object({
    hit: count.describe('answered with what is stored'),
    miss: count.describe('ran the source'),
    coalesced: count.describe("waited for another request's run of the source"),
    stale: count.describe('answered with an expired report, within its grace'),
    failed: count.describe('the source failed, and nothing could be answered in its place'),
  })
  .describe('requests by what became of them; those that went past the cache are not logged');

export const timeSaved = z
  .object({
    totalMs: milliseconds.describe('over all hits: what the source would have taken, less the response time'),
    gainedMs: milliseconds.describe('the part of hits that were faster than the source; 0 or more'),
    lostMs: milliseconds.describe('the part of hits that were slower than the source; 0 or less'),
    coalescedMs: milliseconds.describe('apart: the same of those who waited for a run of the source'),
    staleMs: milliseconds.describe('apart: the same of expired reports served within their grace'),
    overheadMs: milliseconds.describe('apart: what misses took longer than the source alone; 0 or more'),
    unknownHits: count.describe('hits of types that no miss was measured of; not in any of the sums'),
  })
  .describe('waiting that the cache spared, in milliseconds, negative where it cost some');

export const traffic = z.object({
  requests: count,
  outcomes: outcomeCounts,
  hitRatio: z
    .number()
    .nullable()
    .describe('hits by hits, misses, coalesced and stale, 0 to 1; null without any'),
  hit: quantiles,
  miss: quantiles,
  saved: timeSaved,
});

export const missReason = z.enum([
  'cold',
  'ttl',
  'watermark',
  'invalidated',
  'evicted',
  'damaged',
  'refresh',
  'unknown',
]);

export const missesByReason = z
  .object({
    reason: missReason,
    misses: count,
    sourceMs: milliseconds.describe('what the source took for them, together'),
    avoidable: z.boolean().describe('whether a longer TTL or more room could have spared them'),
  })
  .describe('misses of one reason');

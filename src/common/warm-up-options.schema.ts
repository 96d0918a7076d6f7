import { z } from 'zod';
import { count, cron, duration } from './option-kinds.js';
import type { ResolvedWarmUpOptions, WarmUpOptions } from './warm-up-options.js';

const warmUpIdentity = z.custom<WarmUpOptions['identify']>((value) => typeof value === 'function', {
  error: 'must be a function',
});

/** The option `warmUp`. */
export const warmUp = z.strictObject({
  identify: warmUpIdentity.optional(),
  cron: cron.optional(),
  afterInvalidation: z
    .union([z.boolean(), z.strictObject({ delay: duration.optional() })], {
      error: 'must be true, false or an object { delay }',
    })
    .default(false),
  maxRequests: count.max(10_000, { error: 'must not be above 10,000' }).default(100),
  concurrency: count.max(100, { error: 'must not be above 100' }).default(1),
  minCost: duration.prefault('100ms'),
  lookBack: duration.prefault('7d'),
  maxDuration: duration.prefault('30m'),
});

/** Until then what was dropped together has been dropped; users who ask meanwhile load for themselves. */
const DELAY_AFTER_INVALIDATION_MS = 5_000;

export function resolveWarmUp(options: z.infer<typeof warmUp>): ResolvedWarmUpOptions {
  const { identify, cron, afterInvalidation, maxRequests, concurrency } = options;
  const delayMs = typeof afterInvalidation === 'object' ? afterInvalidation.delay : undefined;
  return {
    identify,
    cron,
    afterInvalidationMs: afterInvalidation === false ? undefined : (delayMs ?? DELAY_AFTER_INVALIDATION_MS),
    maxRequests,
    concurrency,
    minCostMs: options.minCost,
    lookBackMs: options.lookBack,
    maxDurationMs: options.maxDuration,
  };
}

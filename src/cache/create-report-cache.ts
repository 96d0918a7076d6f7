import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import { noBulkhead, SourceBulkhead, type Bulkhead } from './bulkhead.js';
import { HitCounter } from './hit-counter.js';
import type { MemoryTier } from './memory-tier.js';
import type { MissReasons } from './miss-reasons.js';
import { ReportCache } from './report-cache.js';
import { SourceLoader } from './source-loader.js';
import type { StoreTier } from './store-tier.js';
import { TierReader } from './tier-reader.js';

/** Joins the parts of the pipeline. */
export function createReportCache(
  memory: MemoryTier,
  store: StoreTier,
  reasons: MissReasons,
  clock: Clock,
  options: ResolvedOptions,
  random: () => number = Math.random,
): ReportCache {
  const hits = new HitCounter();
  const reader = new TierReader(memory, store, reasons, hits, clock);
  const loader = new SourceLoader(
    memory,
    store,
    reasons,
    toBulkhead(options),
    clock,
    options.maxEntryBytes,
    random,
  );
  return new ReportCache(memory, store, reader, loader, reasons, hits, clock, random);
}

function toBulkhead({ sourceConcurrency }: ResolvedOptions): Bulkhead {
  return sourceConcurrency === undefined ? noBulkhead : new SourceBulkhead(sourceConcurrency);
}

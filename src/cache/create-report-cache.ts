import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import { noTelemetry, type Telemetry } from '../common/telemetry.js';
import { noBulkhead, SourceBulkhead, type Bulkhead } from './bulkhead.js';
import { HitCounter } from './hit-counter.js';
import type { MemoryTier } from './memory-tier.js';
import { LoadTurns } from './load-turns.js';
import type { MissReasons } from './miss-reasons.js';
import type { Peers } from './peers.js';
import { ReportCache } from './report-cache.js';
import { SourceLoader } from './source-loader.js';
import type { StoreTier } from './store-tier.js';
import { TierReader } from './tier-reader.js';
import { UnwrittenEntries } from './unwritten-entries.js';

/** Joins the parts of the pipeline, and lets the other processes drop what they dropped from its memory. */
export function createReportCache(
  memory: MemoryTier,
  store: StoreTier,
  reasons: MissReasons,
  clock: Clock,
  options: ResolvedOptions,
  peers: Peers,
  telemetry: Telemetry = noTelemetry,
  random: () => number = Math.random,
): ReportCache {
  const hits = new HitCounter();
  const unwritten = new UnwrittenEntries();
  const reader = new TierReader(memory, unwritten, store, peers, reasons, hits, clock);
  const loader = new SourceLoader(
    memory,
    unwritten,
    store,
    reasons,
    peers,
    toBulkhead(options),
    clock,
    options.maxEntryBytes,
    telemetry,
    random,
  );
  const turns = new LoadTurns(peers, reader, loader);
  const cache = new ReportCache(
    memory,
    store,
    reader,
    loader,
    turns,
    reasons,
    hits,
    clock,
    telemetry,
    random,
  );
  peers.onDrop((selector) => cache.dropFromMemory(selector, 'invalidated'));
  return cache;
}

function toBulkhead({ sourceConcurrency }: ResolvedOptions): Bulkhead {
  return sourceConcurrency === undefined ? noBulkhead : new SourceBulkhead(sourceConcurrency);
}

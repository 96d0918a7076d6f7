import type { CacheStatistics, CacheStats } from '../cache/cache-statistics.js';
import type { MemoryTier } from '../cache/memory-tier.js';
import type { StoreTier } from '../cache/store-tier.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { ResolvedOptions } from '../common/options.js';
import type { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import type { PerformanceLogService } from '../performance/performance-log.service.js';
import type { Database } from '../storage/database.js';
import { byAttribute, single, type Reading } from './readings.js';

/** The part of the watch over other processes that is shown. */
interface Peers {
  readonly health: { readonly dropDelay: { readonly lastMs: number | null; readonly p99Ms: number | null } };
}

/** What can only be had from the store. */
interface Stored {
  readonly counts?: CacheStats;
  readonly databaseBytes?: number;
  readonly walBytes?: number;
}

/** What the cache is like now. Reading it costs two looks into the store, and never fails. */
export class CacheState {
  constructor(
    private readonly database: Database,
    private readonly statistics: CacheStatistics,
    private readonly memory: MemoryTier,
    private readonly store: StoreTier,
    private readonly log: PerformanceLogService,
    private readonly watermarks: WatermarkMonitor,
    private readonly peers: Peers,
    private readonly options: ResolvedOptions,
  ) {}

  async readings(): Promise<Reading[]> {
    return [...this.ofMemory(), ...this.ofStore(await this.stored()), ...this.ofHealth(), ...this.ofLog()];
  }

  private ofMemory(): Reading[] {
    const { entries, bytes } = this.memory.size;
    const { memory } = this.options;
    return [
      single('memoryEntries', entries),
      single('memorySize', bytes),
      single('memoryLimit', memory === false ? 0 : memory.maxBytes),
    ];
  }

  private ofStore({ counts, databaseBytes, walBytes }: Stored): Reading[] {
    return [
      single('storeEntries', counts?.totalEntries),
      single('storeSize', counts?.totalBytes),
      single('storeLimit', this.options.maxBytes),
      byAttribute('storeFileSize', { database: databaseBytes, wal: walBytes }),
      single('storeQueue', this.database.waitingWrites),
      single('storeCommits', this.database.commits),
    ];
  }

  private ofHealth(): Reading[] {
    const { reads, writes } = this.store.refuses;
    const { lastMs, p99Ms } = this.peers.health.dropDelay;
    const isWatched = this.options.watermark !== undefined;
    return [
      single('storeUp', Number(this.isOpen)),
      byAttribute('breakerOpen', { read: Number(reads), write: Number(writes) }),
      byAttribute('dropDelay', { last: seconds(lastMs), p99: seconds(p99Ms) }),
      single('watermarkUp', isWatched ? Number(this.watermarks.health.ok) : undefined),
    ];
  }

  private ofLog(): Reading[] {
    return [single('logPending', this.log.pendingCount), single('logDropped', this.log.dropped)];
  }

  private get isOpen(): boolean {
    return this.database.state.kind === 'open';
  }

  /** Nothing where the store is out or late: a scrape must not hang with it. */
  private async stored(): Promise<Stored> {
    if (!this.isOpen) return {};
    const { storeTimeoutMs } = this.options;
    try {
      return await inTime(this.askStore(), storeTimeoutMs, () => new StoreTimeoutError(storeTimeoutMs));
    } catch {
      return {};
    }
  }

  private async askStore(): Promise<Stored> {
    const [counts, sizes] = await Promise.all([this.statistics.read(), this.database.sizes()]);
    return { counts, ...sizes };
  }
}

function seconds(milliseconds: number | null): number | undefined {
  return milliseconds === null ? undefined : milliseconds / 1_000;
}

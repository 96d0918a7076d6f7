import type { ExpiredEntries } from '../cache/expired-entries.js';
import { repeatWhileFull } from '../common/batches.js';
import type { MissReasons } from '../cache/miss-reasons.js';
import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import type { Database } from '../storage/database.js';
import type { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import type { PerformanceLogRepository } from '../storage/repositories/performance-log.repository.js';

/** What one cleanup did. */
export interface CleanupReport {
  /** When it ended, in epoch milliseconds. */
  readonly finishedAt: number;
  readonly expiredEntries: number;
  readonly evictedEntries: number;
  readonly logRows: number;
}

/**
 * Keeps the file within its bounds, in batches of `cleanup.batchSize` so that no reader or writer waits for long:
 * expired entries, log rows past their retention, the least recently used entries beyond `maxBytes`; then gives free
 * pages and the WAL's space back to the disk.
 */
export class Cleanup {
  private last: CleanupReport | undefined;

  constructor(
    private readonly database: Database,
    private readonly expired: ExpiredEntries,
    private readonly entries: CacheEntryRepository,
    private readonly log: PerformanceLogRepository,
    private readonly reasons: MissReasons,
    private readonly options: ResolvedOptions,
    private readonly clock: Clock,
  ) {}

  get lastReport(): CleanupReport | undefined {
    return this.last;
  }

  async run(): Promise<CleanupReport> {
    const expiredEntries = await this.expired.remove();
    const logRows = await this.removeOldLogRows();
    const evictedEntries = await this.evictBeyondLimit();
    await this.database.reclaim();
    this.last = { finishedAt: this.clock.now(), expiredEntries, evictedEntries, logRows };
    return this.last;
  }

  private removeOldLogRows(): Promise<number> {
    const { batchSize } = this.options.cleanup;
    const oldest = this.clock.now() - this.options.performance.retentionMs;
    return repeatWhileFull(batchSize, () => this.log.removeOlderThan(oldest, batchSize));
  }

  private async evictBeyondLimit(): Promise<number> {
    const { batchSize } = this.options.cleanup;
    const onRemoved = this.reasons.noting('evicted');
    let evicted = 0;
    for (;;) {
      const { totalBytes } = await this.entries.counts(this.clock.now());
      const excess = totalBytes - this.options.maxBytes;
      if (excess <= 0) return evicted;
      const batch = await this.entries.evictLeastRecentlyUsed(excess, batchSize, onRemoved);
      if (batch.entries === 0) return evicted;
      evicted += batch.entries;
    }
  }
}

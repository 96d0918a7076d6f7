import type { ExpiredEntries } from '../cache/expired-entries.js';
import type { SurplusEntries } from '../cache/surplus-entries.js';
import { repeatWhileFull } from '../common/batches.js';
import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import type { Database } from '../storage/database.js';
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
 * expired entries, log rows past their retention or number, entries beyond `maxBytes`; then gives free pages and the
 * WAL's space back to the disk.
 */
export class Cleanup {
  private last: CleanupReport | undefined;

  constructor(
    private readonly database: Database,
    private readonly expired: ExpiredEntries,
    private readonly surplus: SurplusEntries,
    private readonly log: PerformanceLogRepository,
    private readonly options: ResolvedOptions,
    private readonly clock: Clock,
  ) {}

  get lastReport(): CleanupReport | undefined {
    return this.last;
  }

  /** What every process does for itself: memory gives up what nothing may be answered with any more. */
  sweepMemory(): void {
    this.expired.removeFromMemory();
  }

  async run(): Promise<CleanupReport> {
    const expiredEntries = await this.expired.remove();
    const logRows = await this.removeLogRows();
    const evictedEntries = await this.surplus.remove();
    await this.database.reclaim();
    this.last = { finishedAt: this.clock.now(), expiredEntries, evictedEntries, logRows };
    return this.last;
  }

  private async removeLogRows(): Promise<number> {
    const { batchSize } = this.options.cleanup;
    const { retentionMs, maxRows } = this.options.performance;
    const oldest = this.clock.now() - retentionMs;
    const { pace } = this.database;
    const outdated = await repeatWhileFull(batchSize, (size) => this.log.removeOlderThan(oldest, size), pace);
    const surplus = await repeatWhileFull(
      batchSize,
      (size) => this.log.removeAllButNewest(maxRows, size),
      pace,
    );
    return outdated + surplus;
  }
}

import { Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { type DataKeeper } from '../common/data-keeper.js';
import {
  PerformanceLogRepository,
  type PerformanceSampleRow,
} from '../storage/repositories/performance-log.repository.js';
import { type PerformanceSample, toRow } from './performance-sample.js';
import {
  type PerformanceSummary,
  type PerformanceSummaryQuery,
  toFilter,
  toSummary,
} from './performance-summary.js';

/** Rows that wait in memory at the most, while the store is slow or out. */
export const MAX_PENDING_SAMPLES = 100_000;

/** Samples beyond the bound before the oldest are dropped. */
const TOLERATED_SURPLUS = 1_000;

/** The performance log: one row a cacheable request, collected in memory, so that no request waits for it. */
@Injectable()
export class PerformanceLogService implements DataKeeper {
  private pending: PerformanceSampleRow[] = [];
  private droppedCount = 0;
  // One flush after another: who awaits a flush knows that all that was logged before it is written.
  private readonly flushing = new Mutex();

  constructor(private readonly rows: PerformanceLogRepository) {}

  /** Samples lost since the start: the oldest of more than 100,000 that waited, and those that no table could hold. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Samples that wait for the next flush. */
  get pendingCount(): number {
    return this.pending.length;
  }

  /** Keeps the sample in memory until the next {@link flush}. Never throws. */
  log(sample: PerformanceSample): void {
    const row = toRow(sample);
    if (row === undefined) {
      this.droppedCount++;
      return;
    }
    this.pending.push(row);
    this.dropOldest();
  }

  /**
   * Writes what was logged, in one transaction.
   * @throws what the store throws; the samples are kept for the next flush.
   */
  async flush(): Promise<void> {
    await this.flushing.runExclusive(async () => {
      const batch = this.pending;
      if (batch.length === 0) return;
      this.pending = [];
      try {
        await this.rows.append(batch);
      } catch (error) {
        this.pending = [...batch, ...this.pending];
        this.dropOldest();
        throw error;
      }
    });
  }

  /**
   * Hits, misses, hit ratio, response times and time saved, what was logged a moment ago included.
   * @throws {InvalidArgumentError} for a condition that is none.
   */
  async summary(query: PerformanceSummaryQuery = {}): Promise<PerformanceSummary> {
    const filter = toFilter(query);
    await this.flush();
    return toSummary(await this.rows.summarize(filter));
  }

  async forgetCompany(companyId: string): Promise<void> {
    await this.forget(
      (row) => row.companyId === companyId,
      () => this.rows.removeCompany(companyId),
    );
  }

  async forgetUser(username: string): Promise<void> {
    await this.forget(
      (row) => row.username === username,
      () => this.rows.removeUser(username),
    );
  }

  /** Between two flushes: one that fails puts its rows back among those that wait. */
  private async forget(
    isMeant: (row: PerformanceSampleRow) => boolean,
    remove: () => Promise<void>,
  ): Promise<void> {
    await this.flushing.runExclusive(async () => {
      this.pending = this.pending.filter((row) => !isMeant(row));
      await remove();
    });
  }

  /** Many at a time: cutting one off the front moves all others. */
  private dropOldest(): void {
    const surplus = this.pending.length - MAX_PENDING_SAMPLES;
    if (surplus <= TOLERATED_SURPLUS) return;
    this.pending.splice(0, surplus);
    this.droppedCount += surplus;
  }
}

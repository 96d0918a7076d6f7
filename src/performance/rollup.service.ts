import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { repeatWhileFull } from '../common/batches.js';
import type { Clock } from '../common/clock.js';
import type { DataKeeper } from '../common/data-keeper.js';
import type { JobTurns } from '../common/job-turns.js';
import type { ResolvedOptions } from '../common/options.js';
import { JOB_TURNS, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { PerformanceRollupRepository } from '../storage/repositories/performance-rollup.repository.js';
import { RESOLUTION_MS } from '../storage/rollup.js';

/** Rows of the log summed up in one transaction: some milliseconds, in which other writes wait. */
const ROWS_A_BATCH = 500;

/** In milliseconds, between two batches: a log that was never summed up takes a minute for a million rows. */
const REST_MS = 10;

/** The job's name among the processes that share the store. */
const TURN = 'roll-up';

/** Hours are kept as long as reports show hours, and a day. */
const HOURS_KEPT_MS = 8 * RESOLUTION_MS.day;

/** Sums the performance log up, so that a report reads some thousand rows and not a million, and forgets old sums. */
@Injectable()
export class RollupService implements DataKeeper {
  /** The newest row when {@link rollUpSettled} was last called. */
  private settledUpTo = 0;
  private tidiedAt = -Infinity;
  private stopped = false;
  private readonly working = new Mutex();

  constructor(
    private readonly rollups: PerformanceRollupRepository,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
    @Inject(JOB_TURNS) private readonly turns: JobTurns,
  ) {}

  /** {@link rollUpSettled}, unless another process does it for all. To be called every `everyMs`. @throws as that. */
  async rollUpInTurn(everyMs: number): Promise<void> {
    if ((await this.turns.claim(TURN, everyMs)) === 'theirs') return;
    await this.rollUpSettled().catch((error: unknown) => {
      this.turns.handOn(TURN);
      throw error;
    });
  }

  /**
   * Sums up what was in the log at the last call, and forgets old sums now and then. To be called every few seconds.
   * @throws what the store throws; what was summed up stays so, and the rest waits for the next call.
   */
  async rollUpSettled(): Promise<void> {
    const newest = await this.rollups.newestLogId();
    await this.rollUp(this.settledUpTo);
    this.settledUpTo = newest;
    await this.tidyNowAndThen();
  }

  /** Sums up all rows of the log up to an id. @throws as {@link rollUpSettled}. @returns how many. */
  async rollUp(upTo = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.working.runExclusive(async () => {
      for (let total = 0; ;) {
        const rows = await this.rollups.rollUp(ROWS_A_BATCH, upTo);
        total += rows;
        if (rows < ROWS_A_BATCH || this.stopped) return total;
        await setTimeout(REST_MS);
      }
    });
  }

  /** A run in progress ends after its batch. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.working.waitForUnlock();
  }

  /** Removes sums that are past their time. @throws what the store throws. */
  async tidy(): Promise<void> {
    const { batchSize } = this.options.cleanup;
    const now = this.clock.now();
    const firstHour = now - HOURS_KEPT_MS;
    const firstDay = now - this.options.performance.rollupRetentionMs;
    await repeatWhileFull(batchSize, (size) => this.rollups.removeBefore('hour', firstHour, size));
    await repeatWhileFull(batchSize, (size) => this.rollups.removeBefore('day', firstDay, size));
  }

  async forgetCompany(companyId: string): Promise<void> {
    await this.rollups.removeCompany(companyId);
  }

  /** Sums name no users. */
  async forgetUser(): Promise<void> {}

  private async tidyNowAndThen(): Promise<void> {
    const now = this.clock.now();
    if (now - this.tidiedAt < RESOLUTION_MS.hour) return;
    this.tidiedAt = now;
    await this.tidy();
  }
}

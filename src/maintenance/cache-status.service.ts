import { Inject, Injectable } from '@nestjs/common';
import { CacheStatistics, type CacheStats } from '../cache/cache-statistics.js';
import type { Clock } from '../common/clock.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import { Database } from '../storage/database.js';
import type { CacheHealthSample } from '../storage/entities/cache-health-sample.entity.js';
import { CacheHealthRepository } from '../storage/repositories/cache-health.repository.js';
import { Cleanup } from './cleanup.js';

/** How the cache is now. Times are epoch milliseconds, sizes bytes. */
export interface CacheStatus extends CacheStats {
  state: 'open' | 'unavailable' | 'closed';
  /** Why it is unavailable, and how to mend it; `null` when it is not. */
  reason: string | null;
  /** `null` when they cannot be read. */
  databaseBytes: number | null;
  walBytes: number | null;
  /** Writes that wait for their transaction. */
  waitingWrites: number;
  /** `null`: none since this process started. */
  lastCleanupAt: number | null;
  watermarks: WatermarkStatus;
}

export interface WatermarkStatus {
  /** `'off'`: the module has no watermark source. */
  state: 'off' | 'ok' | 'failed' | 'timed out';
  /** `null`: none since this process started. */
  lastSuccessAt: number | null;
}

/** How long the sizes may take, in milliseconds. */
const PATIENCE_MS = 1_000;

/** How the cache is, and how it was. Writes nothing: for a probe, see `ReportsCacheHealthIndicator`. */
@Injectable()
export class CacheStatusService {
  constructor(
    private readonly database: Database,
    private readonly statistics: CacheStatistics,
    private readonly cleanup: Cleanup,
    private readonly watermarks: WatermarkMonitor,
    private readonly samples: CacheHealthRepository,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /** Never rejects because the store is out: it then tells what memory has. */
  async read(): Promise<CacheStatus> {
    const [counts, sizes] = await Promise.all([this.statistics.read(), this.readSizes()]);
    const { state } = this.database;
    return {
      ...counts,
      ...sizes,
      state: state.kind,
      reason: state.kind === 'unavailable' ? state.reason : null,
      waitingWrites: this.database.waitingWrites,
      lastCleanupAt: this.cleanup.lastReport?.finishedAt ?? null,
      watermarks: this.readWatermarks(),
    };
  }

  /**
   * Samples of every five minutes, from an instant on (epoch milliseconds), the oldest first. Those of an outage are
   * written after it; where there are none, no process ran.
   * @throws what the store throws.
   */
  history(since: number): Promise<CacheHealthSample[]> {
    return this.samples.since(Math.max(since, this.clock.now() - HISTORY_MS));
  }

  private readWatermarks(): WatermarkStatus {
    const { ok, failure, lastSuccess } = this.watermarks.health;
    const lastSuccessAt = lastSuccess ?? null;
    if (this.options.watermark === undefined) return { state: 'off', lastSuccessAt };
    return { state: ok ? 'ok' : (failure ?? 'failed'), lastSuccessAt };
  }

  private async readSizes(): Promise<Pick<CacheStatus, 'databaseBytes' | 'walBytes'>> {
    const late = (): Error => new StoreTimeoutError(PATIENCE_MS);
    try {
      const { databaseBytes, walBytes = null } = await inTime(this.database.sizes(), PATIENCE_MS, late);
      return { databaseBytes, walBytes };
    } catch {
      return { databaseBytes: null, walBytes: null };
    }
  }
}

/** How long samples are kept, in milliseconds: 35 days, ten thousand rows. */
export const HISTORY_MS = 35 * 86_400_000;

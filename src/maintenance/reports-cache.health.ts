import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CacheStatistics } from '../cache/cache-statistics.js';
import type { Clock } from '../common/clock.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import { messageOf } from '../common/message-of.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import { Database } from '../storage/database.js';
import { CacheConfigRepository } from '../storage/repositories/cache-config.repository.js';
import { Cleanup } from './cleanup.js';

/** How long the write and the read may take together, in milliseconds. */
const PROBE_TIMEOUT_MS = 1_000;

/** Hidden from `CacheConfigService.all()` by its prefix. */
const PROBE_KEY = 'reports-cache:health';

/**
 * The cache's health for `@nestjs/terminus`: a real write and read on its own connections. A cache that is out is
 * `degraded`, never `down`: reports are still served, and restarting the app would not mend it.
 */
@Injectable()
export class ReportsCacheHealthIndicator {
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly database: Database,
    private readonly config: CacheConfigRepository,
    private readonly statistics: CacheStatistics,
    private readonly cleanup: Cleanup,
    private readonly watermarks: WatermarkMonitor,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /** @param key the name under which it appears in the result. */
  async isHealthy<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const session = this.health.check(key);
    const fault = await this.findFault();
    const details = await this.describe();
    if (fault !== undefined) return session.degraded({ reason: fault, ...details });
    return this.watermarks.health.ok
      ? session.up(details)
      : session.degraded({
          reason: 'the watermark source cannot be asked; entries live until their TTL',
          ...details,
        });
  }

  /** Why the cache cannot be used; `undefined` when what was written could be read back. */
  private async findFault(): Promise<string | undefined> {
    try {
      await inTime(this.writeAndRead(), PROBE_TIMEOUT_MS, () => new StoreTimeoutError(PROBE_TIMEOUT_MS));
      return undefined;
    } catch (error) {
      const { state } = this.database;
      if (state.kind === 'unavailable') return state.reason;
      return messageOf(error);
    }
  }

  private async writeAndRead(): Promise<void> {
    const written = String(this.clock.now());
    await this.config.upsert(PROBE_KEY, written, this.clock.now());
    const read = await this.config.find(PROBE_KEY);
    if (read?.value !== written) throw new Error('what was written to the cache could not be read back');
  }

  private async describe(): Promise<Record<string, unknown>> {
    const late = (): Error => new StoreTimeoutError(PROBE_TIMEOUT_MS);
    const measured = await inTime(this.measure(), PROBE_TIMEOUT_MS, late).catch(() => ({}));
    const { state } = this.database;
    return {
      ...measured,
      queueLength: this.database.waitingWrites,
      lastCleanup: isoTime(this.cleanup.lastReport?.finishedAt),
      sqliteVersion: state.kind === 'open' ? state.sqliteVersion : null,
    };
  }

  private async measure(): Promise<Record<string, number>> {
    const [{ totalEntries, memoryEntries }, sizes] = await Promise.all([
      this.statistics.read(),
      this.database.sizes(),
    ]);
    return { entries: totalEntries, memoryEntries, ...sizes };
  }
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

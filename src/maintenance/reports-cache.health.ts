import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CacheStatistics } from '../cache/cache-statistics.js';
import { PeerWatch } from '../cluster/peer-watch.js';
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
    private readonly peers: PeerWatch,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /** @param key the name under which it appears in the result. */
  async isHealthy<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const session = this.health.check(key);
    const fault = (await this.findStoreFault()) ?? this.findOtherFault();
    const details = await this.describe();
    return fault === undefined ? session.up(details) : session.degraded({ reason: fault, ...details });
  }

  /** Why the cache cannot be used; `undefined` when what was written could be read back. */
  private async findStoreFault(): Promise<string | undefined> {
    try {
      await inTime(this.writeAndRead(), PROBE_TIMEOUT_MS, () => new StoreTimeoutError(PROBE_TIMEOUT_MS));
      return undefined;
    } catch (error) {
      const { state } = this.database;
      if (state.kind === 'unavailable') return state.reason;
      return messageOf(error);
    }
  }

  private findOtherFault(): string | undefined {
    if (!this.peers.inSight) return 'what other processes drop cannot be read; memory answers nobody';
    if (this.watermarks.health.ok) return undefined;
    return 'the watermark source cannot be asked; entries live until their TTL';
  }

  /** Of several processes that are asked at once, one may read what another has written. */
  private async writeAndRead(): Promise<void> {
    const written = String(this.clock.now());
    await this.config.upsert(PROBE_KEY, written, this.clock.now());
    const read = await this.config.find(PROBE_KEY);
    const isOurs = read?.value === written || (read !== null && this.peers.otherProcesses > 0);
    if (!isOurs) throw new Error('what was written to the cache could not be read back');
  }

  private async describe(): Promise<Record<string, unknown>> {
    const late = (): Error => new StoreTimeoutError(PROBE_TIMEOUT_MS);
    const measured = await inTime(this.measure(), PROBE_TIMEOUT_MS, late).catch(() => ({}));
    return {
      ...measured,
      queueLength: this.database.waitingWrites,
      processes: this.peers.health,
      lastCleanup: isoTime(this.cleanup.lastReport?.finishedAt),
      ...versionOf(this.database),
    };
  }

  private async measure(): Promise<Record<string, number | undefined>> {
    const [{ totalEntries, memoryEntries }, sizes] = await Promise.all([
      this.statistics.read(),
      this.database.sizes(),
    ]);
    return { entries: totalEntries, memoryEntries, ...sizes };
  }
}

/** Under the name of the engine. While it is out nobody knows: `null`. */
function versionOf({ engine, state }: Pick<Database, 'engine' | 'state'>): Record<string, string | null> {
  const version = state.kind === 'open' ? state.version : null;
  return engine === 'SQLite' ? { sqliteVersion: version } : { postgresVersion: version };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

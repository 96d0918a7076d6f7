import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ReportCache } from './cache/report-cache.js';
import { StoreTier } from './cache/store-tier.js';
import { Heartbeat } from './cluster/heartbeat.js';
import { PeerWatch } from './cluster/peer-watch.js';
import { messageOf } from './common/message-of.js';
import { ModuleLogger } from './common/module-logger.js';
import type { ResolvedOptions } from './common/options.js';
import { PeriodicTask } from './common/periodic-task.js';
import { REPORTS_CACHE_OPTIONS } from './common/tokens.js';
import { openShortcut } from './http/interceptor-shortcut.js';
import { RoutePlans } from './http/route-plans.js';
import { WatermarkMonitor } from './invalidation/watermark-monitor.js';
import { CleanupJob } from './maintenance/cleanup.job.js';
import { BenchmarkService } from './performance/benchmark.service.js';
import { PerformanceLogService } from './performance/performance-log.service.js';
import { CacheConfigService } from './settings/cache-config.service.js';
import { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
import { Database } from './storage/database.js';

/** How often switches, settings and benchmarks are read again, to learn what other processes changed. */
const LEARN_EVERY_MS = 10_000;

/** What starts and stops with the app, in the order it must. */
@Injectable()
export class ReportsCacheLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly logger = new ModuleLogger();
  private readonly flushing: PeriodicTask;
  private readonly learning: PeriodicTask;

  constructor(
    private readonly database: Database,
    private readonly plans: RoutePlans,
    private readonly cache: ReportCache,
    private readonly store: StoreTier,
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    private readonly users: UserCacheSettingsService,
    private readonly config: CacheConfigService,
    private readonly cleanup: CleanupJob,
    private readonly watermarks: WatermarkMonitor,
    private readonly peers: PeerWatch,
    private readonly heartbeat: Heartbeat,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.flushing = new PeriodicTask(options.performance.flushEveryMs, () => this.flush());
    this.learning = new PeriodicTask(LEARN_EVERY_MS, () => this.learn());
  }

  async onModuleInit(): Promise<void> {
    this.plans.checkAll();
    await openShortcut();
    await this.peers.catchUp();
    await this.learn();
  }

  onApplicationBootstrap(): void {
    this.peers.start();
    this.heartbeat.start();
    this.flushing.start();
    this.learning.start();
    this.cleanup.start();
    if (this.options.watermark !== undefined) this.watermarks.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([
      this.flushing.stop(),
      this.learning.stop(),
      this.cleanup.stop(),
      this.watermarks.stop(),
    ]);
  }

  /** Last of all hooks: requests that were under way have been answered by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.heartbeat.stop();
    await this.cache.fillsQueued();
    await Promise.all([this.flush(), this.peers.stop()]);
    await this.database.close();
  }

  /** What the file knows, which other processes may have changed. */
  private async learn(): Promise<void> {
    await this.attempt('read the benchmarks', () => this.benchmarks.load());
    await this.attempt('read the user switches', () => this.users.load());
    await this.attempt('read the configuration', () => this.config.load());
  }

  /** Together, so that the write gate puts them into one transaction. */
  private async flush(): Promise<void> {
    await Promise.all([
      this.attempt('carry out invalidations', () => this.store.retryRemovals()),
      this.attempt('write hit counts', () => this.cache.flushHits()),
      this.attempt('write the performance log', () => this.log.flush()),
      this.attempt('write the benchmarks', () => this.benchmarks.flush()),
    ]);
  }

  private async attempt(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = messageOf(error);
      this.logger.debug(`Could not ${action}: ${reason}`);
    }
  }
}

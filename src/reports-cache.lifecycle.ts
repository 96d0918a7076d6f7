import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ReportCache } from './cache/report-cache.js';
import type { ResolvedOptions } from './common/options.js';
import { PeriodicTask } from './common/periodic-task.js';
import { REPORTS_CACHE_OPTIONS } from './common/tokens.js';
import { RoutePlans } from './http/route-plans.js';
import { WatermarkMonitor } from './invalidation/watermark-monitor.js';
import { CleanupJob } from './maintenance/cleanup.job.js';
import { BenchmarkService } from './performance/benchmark.service.js';
import { PerformanceLogService } from './performance/performance-log.service.js';
import { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
import { Database } from './storage/database.js';

/** What starts and stops with the app, in the order it must. */
@Injectable()
export class ReportsCacheLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly logger = new Logger('ReportsCache');
  private readonly flushing: PeriodicTask;

  constructor(
    private readonly database: Database,
    private readonly plans: RoutePlans,
    private readonly cache: ReportCache,
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    private readonly users: UserCacheSettingsService,
    private readonly cleanup: CleanupJob,
    private readonly watermarks: WatermarkMonitor,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.flushing = new PeriodicTask(options.performance.flushEveryMs, () => this.flush());
  }

  async onModuleInit(): Promise<void> {
    this.plans.checkAll();
    await this.attempt('read the benchmarks', () => this.benchmarks.load());
    await this.attempt('read the user switches', () => this.users.load());
  }

  onApplicationBootstrap(): void {
    this.flushing.start();
    this.cleanup.start();
    if (this.options.watermark !== undefined) this.watermarks.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.flushing.stop(), this.cleanup.stop(), this.watermarks.stop()]);
  }

  /** Last of all hooks: requests that were under way have been answered by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.flush();
    await this.database.close();
  }

  /** Together, so that the write gate puts them into one transaction. */
  private async flush(): Promise<void> {
    await Promise.all([
      this.attempt('write hit counts', () => this.cache.flushHits()),
      this.attempt('write the performance log', () => this.log.flush()),
      this.attempt('write the benchmarks', () => this.benchmarks.flush()),
    ]);
  }

  private async attempt(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.debug(`Could not ${action}: ${reason}`);
    }
  }
}

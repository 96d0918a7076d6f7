import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { ExpiredEntries } from '../cache/expired-entries.js';
import { SurplusEntries } from '../cache/surplus-entries.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { CleanupJob } from '../maintenance/cleanup.job.js';
import { Cleanup } from '../maintenance/cleanup.js';
import { ReportsCacheHealthIndicator } from '../maintenance/reports-cache.health.js';
import { Database } from '../storage/database.js';
import { PerformanceLogRepository } from '../storage/repositories/performance-log.repository.js';

export const maintenanceProviders: Provider[] = [
  {
    provide: Cleanup,
    inject: [
      Database,
      ExpiredEntries,
      SurplusEntries,
      PerformanceLogRepository,
      REPORTS_CACHE_OPTIONS,
      REPORTS_CACHE_CLOCK,
    ],
    useFactory: (...parts: ConstructorParameters<typeof Cleanup>) => new Cleanup(...parts),
  },
  {
    provide: CleanupJob,
    inject: [ModuleRef, Cleanup, REPORTS_CACHE_OPTIONS],
    useFactory: (moduleRef: ModuleRef, cleanup: Cleanup, options: ResolvedOptions) =>
      new CleanupJob(() => findSchedulerRegistry(moduleRef), cleanup, options.cleanup.cron),
  },
  ReportsCacheHealthIndicator,
];

/** The app's registry where it imports `ScheduleModule`, else one of our own. */
function findSchedulerRegistry(moduleRef: ModuleRef): SchedulerRegistry {
  try {
    return moduleRef.get(SchedulerRegistry, { strict: false });
  } catch {
    return new SchedulerRegistry();
  }
}

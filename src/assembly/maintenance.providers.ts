import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ExpiredEntries } from '../cache/expired-entries.js';
import { SurplusEntries } from '../cache/surplus-entries.js';
import type { JobTurns } from '../common/job-turns.js';
import type { ResolvedOptions } from '../common/options.js';
import { JOB_TURNS, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { CleanupJob } from '../maintenance/cleanup.job.js';
import { Cleanup } from '../maintenance/cleanup.js';
import { CacheStatusService } from '../maintenance/cache-status.service.js';
import { HealthSampler } from '../maintenance/health-sampler.js';
import { ReportsCacheHealthIndicator } from '../maintenance/reports-cache.health.js';
import { Database } from '../storage/database.js';
import { PerformanceLogRepository } from '../storage/repositories/performance-log.repository.js';
import { findSchedulerRegistry } from './scheduler-registry.js';

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
    inject: [ModuleRef, Cleanup, REPORTS_CACHE_OPTIONS, JOB_TURNS],
    useFactory: (moduleRef: ModuleRef, cleanup: Cleanup, options: ResolvedOptions, turns: JobTurns) =>
      new CleanupJob(() => findSchedulerRegistry(moduleRef), cleanup, options.cleanup.cron, turns),
  },
  CacheStatusService,
  HealthSampler,
  ReportsCacheHealthIndicator,
];

import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { backgroundProviders } from './assembly/background.providers.js';
import { cacheProviders } from './assembly/cache.providers.js';
import { clusterProviders } from './assembly/cluster.providers.js';
import { httpProviders } from './assembly/http.providers.js';
import { invalidationProviders } from './assembly/invalidation.providers.js';
import { maintenanceProviders } from './assembly/maintenance.providers.js';
import { storageProviders } from './assembly/storage.providers.js';
import { telemetryProviders } from './assembly/telemetry.providers.js';
import { warmUpProviders } from './assembly/warm-up.providers.js';
import { CacheService } from './cache/cache.service.js';
import { EntrySearchService } from './cache/entry-search.service.js';
import { ShadowDifferences } from './cache/shadow-differences.js';
import { type Clock, systemClock } from './common/clock.js';
import type { ReportsCacheOptions, ResolvedOptions } from './common/options.js';
import { resolveOptions } from './common/options.schema.js';
import { ServerClock } from './common/server-clock.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_DATA_SOURCE, REPORTS_CACHE_OPTIONS } from './common/tokens.js';
import { ReportsCacheInterceptor } from './http/reports-cache.interceptor.js';
import { WatermarkService } from './invalidation/watermark.service.js';
import { CacheStatusService } from './maintenance/cache-status.service.js';
import { ReportsCacheHealthIndicator } from './maintenance/reports-cache.health.js';
import { BenchmarkService } from './performance/benchmark.service.js';
import { PerformanceLogService } from './performance/performance-log.service.js';
import { PerformanceReportService } from './performance/performance-report.service.js';
import { RollupService } from './performance/rollup.service.js';
import { ReportsCacheLifecycle } from './reports-cache.lifecycle.js';
import { RAW_OPTIONS } from './reports-cache.module-definition.js';
import { requireOnlyOne } from './reports-cache.only-once.js';
import { AuditLogService } from './settings/audit-log.service.js';
import { CacheConfigService } from './settings/cache-config.service.js';
import { RuntimePolicyService } from './settings/runtime-policy.service.js';
import { SchemaMappingService } from './settings/schema-mapping.service.js';
import { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
import { CacheEntryRepository } from './storage/repositories/cache-entry.repository.js';
import { repositories } from './storage/repositories/index.js';
import { WarmUpService } from './warm-up/warm-up.service.js';

/** What users inject. */
export const PUBLIC_PROVIDERS = [
  REPORTS_CACHE_OPTIONS,
  REPORTS_CACHE_DATA_SOURCE,
  CacheEntryRepository,
  ...repositories,
  CacheService,
  EntrySearchService,
  SchemaMappingService,
  BenchmarkService,
  PerformanceLogService,
  PerformanceReportService,
  UserCacheSettingsService,
  WatermarkService,
  CacheConfigService,
  AuditLogService,
  CacheStatusService,
  ReportsCacheHealthIndicator,
  ReportsCacheInterceptor,
  ShadowDifferences,
  WarmUpService,
];

const foundation: Provider[] = [
  {
    provide: REPORTS_CACHE_CLOCK,
    inject: [REPORTS_CACHE_OPTIONS],
    useFactory: ({ database }: ResolvedOptions): Clock =>
      database.type === 'postgres' ? new ServerClock() : systemClock,
  },
  {
    provide: REPORTS_CACHE_OPTIONS,
    inject: [ModulesContainer, { token: RAW_OPTIONS, optional: true }],
    useFactory: (modules: ModulesContainer, options?: ReportsCacheOptions) => {
      requireOnlyOne(modules);
      return resolveOptions(options);
    },
  },
];

/** Everything the module is made of; the only place that joins the rooms. */
export const PROVIDERS: Provider[] = [
  ...foundation,
  ...storageProviders,
  ...clusterProviders,
  ...cacheProviders,
  BenchmarkService,
  PerformanceLogService,
  PerformanceReportService,
  RollupService,
  SchemaMappingService,
  UserCacheSettingsService,
  RuntimePolicyService,
  CacheConfigService,
  AuditLogService,
  ...httpProviders,
  ...invalidationProviders,
  ...maintenanceProviders,
  ...telemetryProviders,
  ...warmUpProviders,
  ...backgroundProviders,
  ReportsCacheLifecycle,
];

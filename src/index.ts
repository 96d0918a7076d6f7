export { CacheService, type SetOptions } from './cache/cache.service.js';
export {
  EntrySearchService,
  type EntrySearch,
  type FoundEntries,
  type FoundEntry,
} from './cache/entry-search.service.js';
export { ShadowDifferences, type ShadowDifference } from './cache/shadow-differences.js';
export type { CacheStats } from './cache/cache-statistics.js';
export type { ByteSize } from './common/byte-size.js';
export type { Clock } from './common/clock.js';
export type { CompanyId } from './common/company-id.js';
export type { Duration } from './common/duration.js';
export {
  InvalidArgumentError,
  InvalidOptionsError,
  InvalidRouteError,
  ReportsCacheError,
  SourceBusyError,
  StoreTimeoutError,
  StoreUnavailableError,
  ValueNotCacheableError,
  WriteQueueFullError,
  type ReportsCacheErrorCode,
} from './common/errors.js';
export type {
  CleanupOptions,
  CompressionOptions,
  EncryptionKey,
  EncryptionOptions,
  Identity,
  MemoryOptions,
  PerformanceOptions,
  ProcessesOptions,
  RefreshOptions,
  ReportsCacheOptions,
  ResolvedEncryptionKey,
  ResolvedOptions,
  PostgresDatabaseOptions,
  ShadowCheckOptions,
  SqliteDatabaseOptions,
  WatermarkOptions,
} from './common/options.js';
export { REPORTS_CACHE_CLOCK, REPORTS_CACHE_DATA_SOURCE, REPORTS_CACHE_OPTIONS } from './common/tokens.js';
export type { WarmUpHeaders, WarmUpOptions, WarmUpTarget } from './common/warm-up-options.js';
export type {
  CompanyWatermark,
  Watermark,
  WatermarkPart,
  WatermarkSource,
} from './common/watermark-source.js';
export {
  ReportsCacheDashboardModule,
  type ReportsCacheDashboardAsyncOptions,
} from './dashboard/dashboard.module.js';
export type {
  DashboardRouteOptions,
  DashboardViewOptions,
  ReportsCacheDashboardOptions,
} from './dashboard/dashboard-options.js';
export { CacheEvict, type CacheEvictOptions } from './http/cache-evict.decorator.js';
export {
  Cacheable,
  type CacheableOptions,
  type CacheScope,
  type FromRequest,
} from './http/cacheable.decorator.js';
export { NoCache } from './http/no-cache.decorator.js';
export { ReportsCacheInterceptor } from './http/reports-cache.interceptor.js';
export {
  isClosed,
  month,
  periodTag,
  periodTags,
  wholeYear,
  yearToDate,
  type Period,
  type PeriodRange,
} from './invalidation/accounting-periods.js';
export { WatermarkService, type StoredWatermark } from './invalidation/watermark.service.js';
export {
  CacheStatusService,
  type CacheStatus,
  type WatermarkStatus,
} from './maintenance/cache-status.service.js';
export { CLEANUP_JOB_NAME } from './maintenance/cleanup.job.js';
export { ReportsCacheHealthIndicator } from './maintenance/reports-cache.health.js';
export type { Benchmark } from './performance/benchmark.js';
export { BenchmarkService } from './performance/benchmark.service.js';
export { PerformanceLogService } from './performance/performance-log.service.js';
export type { PerformanceRange } from './performance/performance-period.js';
export {
  PerformanceReportService,
  type CompanyPerformance,
  type MissesByReason,
  type PerformanceOverview,
  type ReportedPeriod,
  type TypePerformance,
} from './performance/performance-report.service.js';
export type { PerformanceSample } from './performance/performance-sample.js';
export type {
  PerformanceFigures,
  PerformanceSummary,
  PerformanceSummaryQuery,
  ResponseTimes,
} from './performance/performance-summary.js';
export type { TimeSaved, TrafficFigures } from './performance/traffic.js';
export { ReportsCacheModule } from './reports-cache.module.js';
export {
  AuditLogService,
  type AuditedAction,
  type AuditEntry,
  type AuditTarget,
} from './settings/audit-log.service.js';
export { CacheConfigService } from './settings/cache-config.service.js';
export { SchemaMappingService } from './settings/schema-mapping.service.js';
export { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
export * from './storage/entities/index.js';
export { CacheAuditRepository } from './storage/repositories/cache-audit.repository.js';
export { CacheConfigRepository } from './storage/repositories/cache-config.repository.js';
export { CacheEntryListRepository } from './storage/repositories/cache-entry-list.repository.js';
export { CacheEntryRepository } from './storage/repositories/cache-entry.repository.js';
export { CacheHealthRepository } from './storage/repositories/cache-health.repository.js';
export { CacheInvalidationRepository } from './storage/repositories/cache-invalidation.repository.js';
export { CacheLeaseRepository } from './storage/repositories/cache-lease.repository.js';
export { CacheProcessRepository } from './storage/repositories/cache-process.repository.js';
export { CacheWatermarkRepository } from './storage/repositories/cache-watermark.repository.js';
export { PerformanceLogRepository } from './storage/repositories/performance-log.repository.js';
export { PerformanceRollupRepository } from './storage/repositories/performance-rollup.repository.js';
export { QueryBenchmarkRepository } from './storage/repositories/query-benchmark.repository.js';
export { SchemaMappingRepository } from './storage/repositories/schema-mapping.repository.js';
export { UserCacheSettingRepository } from './storage/repositories/user-cache-setting.repository.js';
export { ReportsCacheMetrics, type MetricsRegistry } from './telemetry/reports-cache-metrics.js';
export {
  ReportsCacheMetricsModule,
  type ReportsCacheMetricsOptions,
} from './telemetry/reports-cache-metrics.module.js';
export { WarmUpRequestRepository } from './storage/repositories/warm-up-request.repository.js';
export { WARM_UP_JOB_NAME } from './warm-up/warm-up.job.js';
export type {
  SharedWarmUp,
  WarmUpCause,
  WarmUpCounts,
  WarmUpEnd,
  WarmUpProgress,
  WarmUpReport,
} from './warm-up/warm-up-report.js';
export type { WarmUpSelection } from './warm-up/warm-up-selection.js';
export { WarmUpService } from './warm-up/warm-up.service.js';

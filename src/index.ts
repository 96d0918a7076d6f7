export { CacheService, type SetOptions } from './cache/cache.service.js';
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
  SqliteDatabaseOptions,
  WatermarkOptions,
} from './common/options.js';
export { REPORTS_CACHE_CLOCK, REPORTS_CACHE_DATA_SOURCE, REPORTS_CACHE_OPTIONS } from './common/tokens.js';
export type {
  CompanyWatermark,
  Watermark,
  WatermarkPart,
  WatermarkSource,
} from './common/watermark-source.js';
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
export { CLEANUP_JOB_NAME } from './maintenance/cleanup.job.js';
export { ReportsCacheHealthIndicator } from './maintenance/reports-cache.health.js';
export type { Benchmark } from './performance/benchmark.js';
export { BenchmarkService } from './performance/benchmark.service.js';
export { PerformanceLogService } from './performance/performance-log.service.js';
export type { PerformanceSample } from './performance/performance-sample.js';
export type {
  PerformanceFigures,
  PerformanceSummary,
  PerformanceSummaryQuery,
  ResponseTimes,
} from './performance/performance-summary.js';
export { ReportsCacheModule } from './reports-cache.module.js';
export { CacheConfigService } from './settings/cache-config.service.js';
export { SchemaMappingService } from './settings/schema-mapping.service.js';
export { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
export * from './storage/entities/index.js';
export { CacheConfigRepository } from './storage/repositories/cache-config.repository.js';
export { CacheEntryRepository } from './storage/repositories/cache-entry.repository.js';
export { CacheInvalidationRepository } from './storage/repositories/cache-invalidation.repository.js';
export { CacheLeaseRepository } from './storage/repositories/cache-lease.repository.js';
export { CacheProcessRepository } from './storage/repositories/cache-process.repository.js';
export { CacheWatermarkRepository } from './storage/repositories/cache-watermark.repository.js';
export { PerformanceLogRepository } from './storage/repositories/performance-log.repository.js';
export { QueryBenchmarkRepository } from './storage/repositories/query-benchmark.repository.js';
export { SchemaMappingRepository } from './storage/repositories/schema-mapping.repository.js';
export { UserCacheSettingRepository } from './storage/repositories/user-cache-setting.repository.js';

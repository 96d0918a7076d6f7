import { CacheConfigRepository } from './cache-config.repository.js';
import { CacheEntryRepository } from './cache-entry.repository.js';
import { CacheInvalidationRepository } from './cache-invalidation.repository.js';
import { CacheLeaseRepository } from './cache-lease.repository.js';
import { CacheProcessRepository } from './cache-process.repository.js';
import { CacheWatermarkRepository } from './cache-watermark.repository.js';
import { PerformanceLogRepository } from './performance-log.repository.js';
import { QueryBenchmarkRepository } from './query-benchmark.repository.js';
import { SchemaMappingRepository } from './schema-mapping.repository.js';
import { UserCacheSettingRepository } from './user-cache-setting.repository.js';

/** Every repository; each is built from the {@link Database} alone. */
export const repositories = [
  CacheEntryRepository,
  SchemaMappingRepository,
  QueryBenchmarkRepository,
  PerformanceLogRepository,
  UserCacheSettingRepository,
  CacheConfigRepository,
  CacheWatermarkRepository,
  CacheProcessRepository,
  CacheInvalidationRepository,
  CacheLeaseRepository,
] as const;

import { CacheAuditRepository } from './cache-audit.repository.js';
import { CacheConfigRepository } from './cache-config.repository.js';
import { CacheEntryListRepository } from './cache-entry-list.repository.js';
import { CacheHealthRepository } from './cache-health.repository.js';
import { CacheInvalidationRepository } from './cache-invalidation.repository.js';
import { CacheLeaseRepository } from './cache-lease.repository.js';
import { CacheProcessRepository } from './cache-process.repository.js';
import { CacheWatermarkRepository } from './cache-watermark.repository.js';
import { PerformanceLogRepository } from './performance-log.repository.js';
import { PerformanceRollupRepository } from './performance-rollup.repository.js';
import { QueryBenchmarkRepository } from './query-benchmark.repository.js';
import { SchemaMappingRepository } from './schema-mapping.repository.js';
import { UserCacheSettingRepository } from './user-cache-setting.repository.js';
import { WarmUpRequestRepository } from './warm-up-request.repository.js';

/** Those that are built from the `Database` alone: all but that of the entries, which also has a cipher. */
export const repositories = [
  SchemaMappingRepository,
  QueryBenchmarkRepository,
  PerformanceLogRepository,
  PerformanceRollupRepository,
  UserCacheSettingRepository,
  CacheConfigRepository,
  CacheWatermarkRepository,
  CacheProcessRepository,
  CacheInvalidationRepository,
  CacheLeaseRepository,
  CacheEntryListRepository,
  CacheAuditRepository,
  CacheHealthRepository,
  WarmUpRequestRepository,
] as const;

import { CacheAuditEntry } from './cache-audit-entry.entity.js';
import { CacheCompanySize } from './cache-company-size.entity.js';
import { CacheConfigEntry } from './cache-config-entry.entity.js';
import { CacheCounter } from './cache-counter.entity.js';
import { CacheEntryTag } from './cache-entry-tag.entity.js';
import { CacheEntry } from './cache-entry.entity.js';
import { CacheHealthSample } from './cache-health-sample.entity.js';
import { CacheInvalidation } from './cache-invalidation.entity.js';
import { CacheLease } from './cache-lease.entity.js';
import { CachePayload } from './cache-payload.entity.js';
import { CacheProcess } from './cache-process.entity.js';
import { CacheWatermark } from './cache-watermark.entity.js';
import { PerformanceLogEntry } from './performance-log-entry.entity.js';
import { PerformanceRollupCursor } from './performance-rollup-cursor.entity.js';
import { PerformanceRollup } from './performance-rollup.entity.js';
import { QueryBenchmark } from './query-benchmark.entity.js';
import { SchemaMapping } from './schema-mapping.entity.js';
import { UserCacheSetting } from './user-cache-setting.entity.js';
import { WarmUpRequest } from './warm-up-request.entity.js';

export {
  CacheAuditEntry,
  CacheCompanySize,
  CacheConfigEntry,
  CacheCounter,
  CacheEntry,
  CacheEntryTag,
  CacheHealthSample,
  CacheInvalidation,
  CacheLease,
  CachePayload,
  CacheProcess,
  CacheWatermark,
  PerformanceLogEntry,
  PerformanceRollup,
  PerformanceRollupCursor,
  QueryBenchmark,
  SchemaMapping,
  UserCacheSetting,
  WarmUpRequest,
};

/** Every entity of the cache's database. */
export const entities = [
  CacheEntry,
  CachePayload,
  CacheEntryTag,
  CacheCounter,
  CacheCompanySize,
  SchemaMapping,
  QueryBenchmark,
  PerformanceLogEntry,
  UserCacheSetting,
  CacheConfigEntry,
  CacheWatermark,
  CacheProcess,
  CacheInvalidation,
  CacheLease,
  PerformanceRollup,
  PerformanceRollupCursor,
  CacheAuditEntry,
  CacheHealthSample,
  WarmUpRequest,
] as const;

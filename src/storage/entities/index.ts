import { CacheCompanySize } from './cache-company-size.entity.js';
import { CacheConfigEntry } from './cache-config-entry.entity.js';
import { CacheCounter } from './cache-counter.entity.js';
import { CacheEntryTag } from './cache-entry-tag.entity.js';
import { CacheEntry } from './cache-entry.entity.js';
import { CacheInvalidation } from './cache-invalidation.entity.js';
import { CacheLease } from './cache-lease.entity.js';
import { CachePayload } from './cache-payload.entity.js';
import { CacheProcess } from './cache-process.entity.js';
import { CacheWatermark } from './cache-watermark.entity.js';
import { PerformanceLogEntry } from './performance-log-entry.entity.js';
import { QueryBenchmark } from './query-benchmark.entity.js';
import { SchemaMapping } from './schema-mapping.entity.js';
import { UserCacheSetting } from './user-cache-setting.entity.js';

export {
  CacheCompanySize,
  CacheConfigEntry,
  CacheCounter,
  CacheEntry,
  CacheEntryTag,
  CacheInvalidation,
  CacheLease,
  CachePayload,
  CacheProcess,
  CacheWatermark,
  PerformanceLogEntry,
  QueryBenchmark,
  SchemaMapping,
  UserCacheSetting,
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
] as const;

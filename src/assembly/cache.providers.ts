import type { Provider } from '@nestjs/common';
import { CacheStatistics } from '../cache/cache-statistics.js';
import { CacheService } from '../cache/cache.service.js';
import { createReportCache } from '../cache/create-report-cache.js';
import { EntrySearchService } from '../cache/entry-search.service.js';
import { ExpiredEntries } from '../cache/expired-entries.js';
import { LruMemoryTier, type MemoryTier, NoMemoryTier } from '../cache/memory-tier.js';
import { MissReasons } from '../cache/miss-reasons.js';
import { Purge } from '../cache/purge.js';
import { ReportCache } from '../cache/report-cache.js';
import { ShadowChecks } from '../cache/shadow-checks.js';
import { ShadowDifferences } from '../cache/shadow-differences.js';
import { SharedValueCodec } from '../cache/shared-value.js';
import { StoreTier } from '../cache/store-tier.js';
import { SurplusEntries } from '../cache/surplus-entries.js';
import { ValueCodec } from '../cache/value-codec.js';
import { StoreSharingPeers } from '../cluster/store-sharing-peers.js';
import { InvalidationLog } from '../cluster/invalidation-log.js';
import type { Clock } from '../common/clock.js';
import type { DataKeeper } from '../common/data-keeper.js';
import type { ResolvedOptions } from '../common/options.js';
import type { Telemetry } from '../common/telemetry.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS, RUNTIME_POLICY, TELEMETRY } from '../common/tokens.js';
import { WatermarkService } from '../invalidation/watermark.service.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';
import { RollupService } from '../performance/rollup.service.js';
import { AuditLogService } from '../settings/audit-log.service.js';
import { RuntimePolicyService } from '../settings/runtime-policy.service.js';
import { SchemaMappingService } from '../settings/schema-mapping.service.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { Database } from '../storage/database.js';
import { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import { AskedRequests } from '../warm-up/asked-requests.js';

/** L1 of one process. */
export const MEMORY_TIER = Symbol('nestjs-reports-cache:memory-tier');

export const cacheProviders: Provider[] = [
  {
    provide: MEMORY_TIER,
    inject: [REPORTS_CACHE_OPTIONS],
    useFactory: ({ memory, maxCompanyShare }: ResolvedOptions) =>
      memory ? new LruMemoryTier(memory, maxCompanyShare) : new NoMemoryTier(),
  },
  {
    provide: StoreTier,
    inject: [
      CacheEntryRepository,
      SurplusEntries,
      REPORTS_CACHE_CLOCK,
      REPORTS_CACHE_OPTIONS,
      StoreSharingPeers,
    ],
    useFactory: (
      entries: CacheEntryRepository,
      surplus: SurplusEntries,
      clock: Clock,
      { storeTimeoutMs }: ResolvedOptions,
      peers: StoreSharingPeers,
    ) => new StoreTier(entries, surplus, clock, storeTimeoutMs, peers),
  },
  {
    provide: SurplusEntries,
    inject: [CacheEntryRepository, MissReasons, REPORTS_CACHE_OPTIONS],
    useFactory: (entries: CacheEntryRepository, reasons: MissReasons, options: ResolvedOptions) =>
      new SurplusEntries(entries, reasons, options, options.cleanup.batchSize),
  },
  {
    provide: ReportCache,
    inject: [
      MEMORY_TIER,
      StoreTier,
      MissReasons,
      REPORTS_CACHE_CLOCK,
      REPORTS_CACHE_OPTIONS,
      StoreSharingPeers,
      TELEMETRY,
    ],
    useFactory: (...parts: Parameters<typeof createReportCache>) => createReportCache(...parts),
  },
  {
    provide: SharedValueCodec,
    inject: [REPORTS_CACHE_OPTIONS],
    useFactory: ({ models }: ResolvedOptions) => new SharedValueCodec(new ValueCodec(models)),
  },
  {
    provide: CacheStatistics,
    inject: [CacheEntryRepository, MEMORY_TIER, REPORTS_CACHE_CLOCK],
    useFactory: (entries: CacheEntryRepository, memory: MemoryTier, clock: Clock) =>
      new CacheStatistics(entries, memory, clock),
  },
  {
    provide: ExpiredEntries,
    inject: [
      CacheEntryRepository,
      MEMORY_TIER,
      MissReasons,
      REPORTS_CACHE_CLOCK,
      REPORTS_CACHE_OPTIONS,
      Database,
    ],
    useFactory: (
      entries: CacheEntryRepository,
      memory: MemoryTier,
      reasons: MissReasons,
      clock: Clock,
      { cleanup }: ResolvedOptions,
      { pace }: Database,
    ) => new ExpiredEntries(entries, memory, reasons, clock, cleanup.batchSize, pace),
  },
  MissReasons,
  {
    provide: ShadowDifferences,
    inject: [REPORTS_CACHE_CLOCK],
    useFactory: (clock: Clock) => new ShadowDifferences(clock),
  },
  {
    provide: ShadowChecks,
    inject: [REPORTS_CACHE_OPTIONS, ReportCache, ShadowDifferences, TELEMETRY, REPORTS_CACHE_CLOCK],
    useFactory: (
      options: ResolvedOptions,
      cache: ReportCache,
      differences: ShadowDifferences,
      telemetry: Telemetry,
      clock: Clock,
    ) => new ShadowChecks(options.shadowCheck, cache, differences, telemetry, clock, settleMs(options)),
  },
  {
    provide: Purge,
    inject: [
      ReportCache,
      PerformanceLogService,
      RollupService,
      SchemaMappingService,
      UserCacheSettingsService,
      WatermarkService,
      AuditLogService,
      InvalidationLog,
      AskedRequests,
    ],
    useFactory: (cache: ReportCache, ...keepers: DataKeeper[]) => new Purge(cache, keepers),
  },
  { provide: RUNTIME_POLICY, useExisting: RuntimePolicyService },
  CacheService,
  EntrySearchService,
];

/** As long as this process may be the last to learn of a change: from another process, or from the books. */
function settleMs({ processes, watermark }: ResolvedOptions): number {
  return processes.pollEveryMs + (watermark?.everyMs ?? 0);
}

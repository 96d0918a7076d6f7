import { type Provider, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR, ModuleRef, ModulesContainer } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CacheStatistics } from './cache/cache-statistics.js';
import { CacheService } from './cache/cache.service.js';
import { createReportCache } from './cache/create-report-cache.js';
import { ExpiredEntries } from './cache/expired-entries.js';
import { LruMemoryTier, NoMemoryTier, type MemoryTier } from './cache/memory-tier.js';
import { MissReasons } from './cache/miss-reasons.js';
import { Purge } from './cache/purge.js';
import { ReportCache } from './cache/report-cache.js';
import { SharedValueCodec } from './cache/shared-value.js';
import { StoreTier } from './cache/store-tier.js';
import { SurplusEntries } from './cache/surplus-entries.js';
import { ValueCodec } from './cache/value-codec.js';
import { FileSharingPeers } from './cluster/file-sharing-peers.js';
import { Heartbeat } from './cluster/heartbeat.js';
import { InvalidationLog } from './cluster/invalidation-log.js';
import { PeerWatch } from './cluster/peer-watch.js';
import { systemClock, type Clock } from './common/clock.js';
import type { DataKeeper } from './common/data-keeper.js';
import { ModuleLogger } from './common/module-logger.js';
import type { ReportsCacheOptions, ResolvedOptions } from './common/options.js';
import { resolveOptions } from './common/options.schema.js';
import {
  REPORTS_CACHE_CLOCK,
  REPORTS_CACHE_DATA_SOURCE,
  REPORTS_CACHE_OPTIONS,
  RUNTIME_POLICY,
} from './common/tokens.js';
import type { WatermarkSource } from './common/watermark-source.js';
import { CacheableRoute } from './http/cacheable-route.js';
import { EvictingRoute } from './http/evicting-route.js';
import { HttpDialects } from './http/http-dialects.js';
import { ReportsCacheInterceptor } from './http/reports-cache.interceptor.js';
import { RequestRecorder } from './http/request-recorder.js';
import { ResponseWriter } from './http/response-writer.js';
import { RoutePlans } from './http/route-plans.js';
import { RouteWarnings } from './http/route-warnings.js';
import { WatermarkMonitor } from './invalidation/watermark-monitor.js';
import { WatermarkProbe } from './invalidation/watermark-probe.js';
import { WatermarkService } from './invalidation/watermark.service.js';
import { CleanupJob } from './maintenance/cleanup.job.js';
import { Cleanup } from './maintenance/cleanup.js';
import { ReportsCacheHealthIndicator } from './maintenance/reports-cache.health.js';
import { BenchmarkService } from './performance/benchmark.service.js';
import { PerformanceLogService } from './performance/performance-log.service.js';
import { ReportsCacheLifecycle } from './reports-cache.lifecycle.js';
import { RAW_OPTIONS } from './reports-cache.module-definition.js';
import { requireOnlyOne } from './reports-cache.only-once.js';
import { RuntimePolicyService } from './settings/runtime-policy.service.js';
import { CacheConfigService } from './settings/cache-config.service.js';
import { SchemaMappingService } from './settings/schema-mapping.service.js';
import { UserCacheSettingsService } from './settings/user-cache-settings.service.js';
import { AesGcmCipher } from './storage/aes-gcm-cipher.js';
import { Database } from './storage/database.js';
import { noCipher } from './storage/payload-cipher.js';
import { CacheEntryRepository } from './storage/repositories/cache-entry.repository.js';
import { CacheInvalidationRepository } from './storage/repositories/cache-invalidation.repository.js';
import { CacheLeaseRepository } from './storage/repositories/cache-lease.repository.js';
import { CacheProcessRepository } from './storage/repositories/cache-process.repository.js';
import { repositories } from './storage/repositories/index.js';
import { PerformanceLogRepository } from './storage/repositories/performance-log.repository.js';

const MEMORY_TIER = Symbol('nestjs-reports-cache:memory-tier');

/** Of a module without a watermark source, which is never asked. */
const NO_INTERVAL_MS = Infinity;

/** What users inject. */
export const PUBLIC_PROVIDERS = [
  REPORTS_CACHE_OPTIONS,
  REPORTS_CACHE_DATA_SOURCE,
  CacheEntryRepository,
  ...repositories,
  CacheService,
  SchemaMappingService,
  BenchmarkService,
  PerformanceLogService,
  UserCacheSettingsService,
  WatermarkService,
  CacheConfigService,
  ReportsCacheHealthIndicator,
  ReportsCacheInterceptor,
];

const foundation: Provider[] = [
  { provide: REPORTS_CACHE_CLOCK, useValue: systemClock },
  {
    provide: REPORTS_CACHE_OPTIONS,
    inject: [ModulesContainer, { token: RAW_OPTIONS, optional: true }],
    useFactory: (modules: ModulesContainer, options?: ReportsCacheOptions) => {
      requireOnlyOne(modules);
      return resolveOptions(options);
    },
  },
];

const storage: Provider[] = [
  { provide: Database, inject: [REPORTS_CACHE_OPTIONS, REPORTS_CACHE_CLOCK], useFactory: openDatabase },
  {
    provide: REPORTS_CACHE_DATA_SOURCE,
    inject: [Database],
    useFactory: (database: Database) => database.dataSource,
  },
  ...repositories.map((repository) => ({
    provide: repository,
    inject: [Database],
    useFactory: (database: Database) => new (repository as new (database: Database) => unknown)(database),
  })),
  {
    provide: CacheEntryRepository,
    inject: [Database, REPORTS_CACHE_OPTIONS],
    useFactory: (database: Database, { encryption }: ResolvedOptions) =>
      new CacheEntryRepository(database, encryption ? new AesGcmCipher(encryption.keys) : noCipher),
  },
];

const cluster: Provider[] = [
  {
    provide: PeerWatch,
    inject: [CacheProcessRepository, CacheInvalidationRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (
      processes: CacheProcessRepository,
      invalidations: CacheInvalidationRepository,
      clock: Clock,
      options: ResolvedOptions,
    ) => new PeerWatch(processes, invalidations, clock, options.processes.pollEveryMs),
  },
  {
    provide: InvalidationLog,
    inject: [CacheInvalidationRepository],
    useFactory: (invalidations: CacheInvalidationRepository) => new InvalidationLog(invalidations),
  },
  {
    provide: Heartbeat,
    inject: [CacheProcessRepository, CacheInvalidationRepository, CacheLeaseRepository, REPORTS_CACHE_CLOCK],
    useFactory: (...parts: ConstructorParameters<typeof Heartbeat>) => new Heartbeat(...parts),
  },
  {
    provide: FileSharingPeers,
    inject: [PeerWatch, CacheLeaseRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (watch: PeerWatch, leases: CacheLeaseRepository, clock: Clock, options: ResolvedOptions) =>
      new FileSharingPeers(watch, leases, clock, options.storeTimeoutMs),
  },
];

const cache: Provider[] = [
  {
    provide: MEMORY_TIER,
    inject: [REPORTS_CACHE_OPTIONS],
    useFactory: ({ memory, maxCompanyShare }: ResolvedOptions) =>
      memory ? new LruMemoryTier(memory, maxCompanyShare) : new NoMemoryTier(),
  },
  {
    provide: StoreTier,
    inject: [CacheEntryRepository, SurplusEntries, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (
      entries: CacheEntryRepository,
      surplus: SurplusEntries,
      clock: Clock,
      { storeTimeoutMs }: ResolvedOptions,
    ) => new StoreTier(entries, surplus, clock, storeTimeoutMs),
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
      FileSharingPeers,
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
    inject: [CacheEntryRepository, MEMORY_TIER, MissReasons, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (
      entries: CacheEntryRepository,
      memory: MemoryTier,
      reasons: MissReasons,
      clock: Clock,
      { cleanup }: ResolvedOptions,
    ) => new ExpiredEntries(entries, memory, reasons, clock, cleanup.batchSize),
  },
  MissReasons,
  {
    provide: Purge,
    inject: [
      ReportCache,
      PerformanceLogService,
      SchemaMappingService,
      UserCacheSettingsService,
      WatermarkService,
      InvalidationLog,
    ],
    useFactory: (cache: ReportCache, ...keepers: DataKeeper[]) => new Purge(cache, keepers),
  },
  { provide: RUNTIME_POLICY, useExisting: RuntimePolicyService },
  CacheService,
];

const http: Provider[] = [
  RoutePlans,
  RouteWarnings,
  HttpDialects,
  ResponseWriter,
  RequestRecorder,
  CacheableRoute,
  EvictingRoute,
  ReportsCacheInterceptor,
  { provide: APP_INTERCEPTOR, useExisting: ReportsCacheInterceptor },
];

const invalidation: Provider[] = [
  {
    provide: WatermarkProbe,
    inject: [REPORTS_CACHE_OPTIONS, CacheStatistics, ModuleRef],
    useFactory: (options: ResolvedOptions, statistics: CacheStatistics, moduleRef: ModuleRef) =>
      new WatermarkProbe(
        watermarkSourceFinder(options, moduleRef),
        statistics,
        options.watermark?.everyMs ?? NO_INTERVAL_MS,
      ),
  },
  WatermarkService,
  {
    provide: WatermarkMonitor,
    inject: [WatermarkService, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (watermarks: WatermarkService, clock: Clock, { watermark }: ResolvedOptions) =>
      new WatermarkMonitor(watermarks, clock, watermark?.everyMs ?? NO_INTERVAL_MS),
  },
];

const maintenance: Provider[] = [
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

/** Everything the module is made of; the only place that joins the rooms. */
export const PROVIDERS: Provider[] = [
  ...foundation,
  ...storage,
  ...cluster,
  ...cache,
  BenchmarkService,
  PerformanceLogService,
  SchemaMappingService,
  UserCacheSettingsService,
  RuntimePolicyService,
  CacheConfigService,
  ...http,
  ...invalidation,
  ...maintenance,
  ReportsCacheLifecycle,
];

/** A file that cannot be opened leaves the app running on memory alone; one line says so at each change. */
async function openDatabase(options: ResolvedOptions, clock: Clock): Promise<Database> {
  const logger = new ModuleLogger();
  const database = new Database(options.database, clock);
  database.onStateChange((state) => {
    if (state.kind === 'unavailable') logger.warn(`Reports are cached in memory only: ${state.reason}`);
    if (state.kind !== 'open') return;
    if (state.notice !== undefined) logger.warn(state.notice);
    else logger.log(`Reports are cached in ${options.database.path}`);
  });
  await database.open();
  return database;
}

/** The app's registry where it imports `ScheduleModule`, else one of our own. */
function findSchedulerRegistry(moduleRef: ModuleRef): SchedulerRegistry {
  try {
    return moduleRef.get(SchedulerRegistry, { strict: false });
  } catch {
    return new SchedulerRegistry();
  }
}

/** The app's instance of the source, one of the app's providers, or one that Nest builds. */
function watermarkSourceFinder(
  { watermark }: ResolvedOptions,
  moduleRef: ModuleRef,
): () => Promise<WatermarkSource | undefined> {
  let found: Promise<WatermarkSource | undefined> | undefined;
  return () => (found ??= findWatermarkSource(watermark?.source, moduleRef));
}

async function findWatermarkSource(
  source: NonNullable<ResolvedOptions['watermark']>['source'] | undefined,
  moduleRef: ModuleRef,
): Promise<WatermarkSource | undefined> {
  if (typeof source !== 'function') return source;
  const type = source as Type<WatermarkSource>;
  try {
    return moduleRef.get(type, { strict: false });
  } catch {
    return moduleRef.create(type);
  }
}

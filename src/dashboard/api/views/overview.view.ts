import type { CacheStatus } from '../../../maintenance/cache-status.service.js';
import type { PerformanceOverview } from '../../../performance/performance-report.service.js';
import { emptyOverview } from '../../../performance/performance-report.service.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type {
  HealthPoint,
  OutcomeCounts,
  OverviewView,
  Range,
  SeriesPoint,
  StoreView,
  WatermarksView,
} from '../contract.js';
import { unlessStoreIsOut } from '../store-is-out.js';
import { shadowView, warmUpView } from './background.js';
import { toCounts, toTraffic } from './traffic.js';

/** A store that is out is what this view must show, and no reason for it to fail. */
export async function overview(
  services: DashboardServices,
  { range }: { range: Range },
): Promise<OverviewView> {
  const now = services.clock.now();
  const [performance, status, warmUp] = await Promise.all([
    unlessStoreIsOut(services.performance.overview(range), () => emptyOverview(range, now)),
    services.status.read(),
    warmUpView(services),
  ]);
  const history = await unlessStoreIsOut(services.status.history(performance.from), () => []);
  const { waiting, series, totals, ...figures } = performance;
  return {
    ...figures,
    range,
    totals: toTraffic(totals),
    series: series.map(toPoint),
    store: toStoreView(status, services),
    watermarks: toWatermarksView(status, services),
    health: history.map(toHealthPoint),
    warmUp,
    shadow: shadowView(services),
    log: { waiting, dropped: services.log.dropped },
  };
}

function toPoint({
  at,
  requests,
  outcomes,
  hitRatio,
  saved,
  hit,
  miss,
}: PerformanceOverview['series'][number]): SeriesPoint {
  return { at, requests, ...countsOf(toCounts(outcomes)), hitRatio, savedMs: saved.totalMs, hit, miss };
}

function countsOf({ hit: hits, miss: misses, ...others }: OutcomeCounts) {
  return { hits, misses, ...others };
}

function toStoreView(status: CacheStatus, { options }: DashboardServices): StoreView {
  const { memory } = options;
  return {
    state: status.state,
    reason: status.reason,
    entries: status.totalEntries,
    activeEntries: status.activeEntries,
    expiredEntries: status.expiredEntries,
    entryBytes: status.totalBytes,
    maxBytes: options.maxBytes,
    databaseBytes: status.databaseBytes,
    walBytes: status.walBytes,
    waitingWrites: status.waitingWrites,
    lastCleanupAt: status.lastCleanupAt,
    memory: {
      entries: status.memoryEntries,
      bytes: status.memoryBytes,
      maxEntries: memory ? memory.maxEntries : null,
      maxBytes: memory ? memory.maxBytes : null,
    },
  };
}

function toWatermarksView({ watermarks }: CacheStatus, { options }: DashboardServices): WatermarksView {
  return { ...watermarks, everyMs: options.watermark?.everyMs ?? null };
}

type Sample = Awaited<ReturnType<DashboardServices['status']['history']>>[number];

function toHealthPoint({ sampledAt: at, storeOk, watermarkOk, ...sizes }: Sample): HealthPoint {
  const { entries, entryBytes, databaseBytes, walBytes } = sizes;
  return { at, storeOk, watermarkOk, entries, entryBytes, databaseBytes, walBytes };
}

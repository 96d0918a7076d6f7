import type { Provider, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CacheStatistics } from '../cache/cache-statistics.js';
import type { Clock } from '../common/clock.js';
import type { JobTurns } from '../common/job-turns.js';
import type { ResolvedOptions } from '../common/options.js';
import { JOB_TURNS, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import type { WatermarkSource } from '../common/watermark-source.js';
import { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import { WatermarkProbe } from '../invalidation/watermark-probe.js';
import { WatermarkService } from '../invalidation/watermark.service.js';

/** Of a module without a watermark source, which is never asked. */
const NO_INTERVAL_MS = Infinity;

export const invalidationProviders: Provider[] = [
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
    inject: [WatermarkService, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS, JOB_TURNS],
    useFactory: (
      watermarks: WatermarkService,
      clock: Clock,
      { watermark }: ResolvedOptions,
      turns: JobTurns,
    ) => new WatermarkMonitor(watermarks, clock, watermark?.everyMs ?? NO_INTERVAL_MS, turns),
  },
];

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

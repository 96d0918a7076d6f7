import type { Provider } from '@nestjs/common';
import { CacheStatistics } from '../cache/cache-statistics.js';
import { StoreTier } from '../cache/store-tier.js';
import type { Clock } from '../common/clock.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS, TELEMETRY } from '../common/tokens.js';
import { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import { PeerWatch } from '../cluster/peer-watch.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';
import { Database } from '../storage/database.js';
import { CacheState } from '../telemetry/cache-state.js';
import { Metering } from '../telemetry/metering.js';
import { Meters } from '../telemetry/meters.js';
import { OpenTelemetry } from '../telemetry/open-telemetry.js';
import { TelemetryHub } from '../telemetry/telemetry-hub.js';
import { TypeLabels } from '../telemetry/type-labels.js';
import { MEMORY_TIER } from './cache.providers.js';

export const telemetryProviders: Provider[] = [
  { provide: TelemetryHub, useFactory: () => new TelemetryHub() },
  { provide: TELEMETRY, useExisting: TelemetryHub },
  { provide: TypeLabels, useFactory: () => new TypeLabels() },
  {
    provide: CacheState,
    inject: [
      Database,
      CacheStatistics,
      MEMORY_TIER,
      StoreTier,
      PerformanceLogService,
      WatermarkMonitor,
      PeerWatch,
      REPORTS_CACHE_OPTIONS,
    ],
    useFactory: (...parts: ConstructorParameters<typeof CacheState>) => new CacheState(...parts),
  },
  {
    provide: Metering,
    inject: [TelemetryHub, TypeLabels, CacheState, REPORTS_CACHE_CLOCK],
    useFactory: (hub: TelemetryHub, labels: TypeLabels, state: CacheState, clock: Clock) =>
      new Metering(hub, new Meters(labels, clock), state),
  },
  {
    provide: OpenTelemetry,
    inject: [TelemetryHub, Metering],
    useFactory: (hub: TelemetryHub, metering: Metering) => new OpenTelemetry(hub, metering),
  },
];

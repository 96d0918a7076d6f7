import type { Provider } from '@nestjs/common';
import type { ResolvedOptions } from '../common/options.js';
import { PeriodicTask } from '../common/periodic-task.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { WatermarkMonitor } from '../invalidation/watermark-monitor.js';
import { CleanupJob } from '../maintenance/cleanup.job.js';
import { HealthSampler, SAMPLE_EVERY_MS } from '../maintenance/health-sampler.js';
import { StoreTier } from '../cache/store-tier.js';
import { RollupService } from '../performance/rollup.service.js';
import { WarmUpSchedule } from '../warm-up/warm-up-schedule.js';
import { attempt } from './attempts.js';
import { BACKGROUND_WORK, type BackgroundWork } from './background-work.js';
import { PendingWrites } from './pending-writes.js';
import { SharedKnowledge } from './shared-knowledge.js';

/** How often switches, settings and benchmarks are read again, to learn what other processes changed. */
const LEARN_EVERY_MS = 10_000;

/** How soon drops that failed are made up for: until then other processes answer with what they cover. */
const MAKE_UP_EVERY_MS = 250;

/** How often the performance log is summed up. */
const ROLL_UP_EVERY_MS = 10_000;

export const backgroundProviders: Provider[] = [
  PendingWrites,
  SharedKnowledge,
  {
    provide: BACKGROUND_WORK,
    inject: [
      REPORTS_CACHE_OPTIONS,
      StoreTier,
      PendingWrites,
      SharedKnowledge,
      RollupService,
      HealthSampler,
      CleanupJob,
      WarmUpSchedule,
      WatermarkMonitor,
    ],
    useFactory: (
      options: ResolvedOptions,
      store: StoreTier,
      pending: PendingWrites,
      knowledge: SharedKnowledge,
      rollups: RollupService,
      health: HealthSampler,
      cleanup: CleanupJob,
      warmUp: WarmUpSchedule,
      watermarks: WatermarkMonitor,
    ): BackgroundWork[] => [
      new PeriodicTask(MAKE_UP_EVERY_MS, () => store.retryRemovals()),
      new PeriodicTask(options.performance.flushEveryMs, () => pending.flushNowAndThen()),
      new PeriodicTask(LEARN_EVERY_MS, () => knowledge.read()),
      rollingUp(rollups),
      new PeriodicTask(SAMPLE_EVERY_MS, () => sample(health)),
      cleanup,
      warmUp,
      ...(options.watermark === undefined ? [] : [watermarks]),
    ],
  },
];

/** A run takes many batches, so it is told to end as well. */
function rollingUp(rollups: RollupService): BackgroundWork {
  const task = new PeriodicTask(ROLL_UP_EVERY_MS, async () => {
    await attempt('sum up the performance log', () => rollups.rollUpInTurn(ROLL_UP_EVERY_MS));
  });
  return {
    start: () => task.start(),
    stop: async () => void (await Promise.all([rollups.stop(), task.stop()])),
  };
}

async function sample(health: HealthSampler): Promise<void> {
  await attempt('note how the cache is', () => health.sampleInTurn());
}

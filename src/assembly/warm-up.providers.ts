import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import type { JobTurns } from '../common/job-turns.js';
import type { ResolvedOptions } from '../common/options.js';
import {
  JOB_TURNS,
  REPORTS_CACHE_CLOCK,
  REPORTS_CACHE_ENTRY_REFRESHER,
  REPORTS_CACHE_OPTIONS,
} from '../common/tokens.js';
import { AskedReports } from '../http/asked-reports.js';
import { Replays } from '../http/replays.js';
import { BenchmarkService } from '../performance/benchmark.service.js';
import { CacheConfigRepository } from '../storage/repositories/cache-config.repository.js';
import { WarmUpRequestRepository } from '../storage/repositories/warm-up-request.repository.js';
import { AfterInvalidation } from '../warm-up/after-invalidation.js';
import { AppDoor } from '../warm-up/app-door.js';
import { AskedRequests } from '../warm-up/asked-requests.js';
import { OrderTaker } from '../warm-up/order-taker.js';
import { ProgressNote } from '../warm-up/progress-note.js';
import { Replayer } from '../warm-up/replayer.js';
import { WarmUpOrders } from '../warm-up/warm-up-orders.js';
import { WarmUpRun } from '../warm-up/warm-up-run.js';
import { WarmUpSchedule } from '../warm-up/warm-up-schedule.js';
import { WarmUpJob } from '../warm-up/warm-up.job.js';
import { WarmUpService } from '../warm-up/warm-up.service.js';
import { findSchedulerRegistry } from './scheduler-registry.js';

export const warmUpProviders: Provider[] = [
  AppDoor,
  {
    provide: AskedRequests,
    inject: [WarmUpRequestRepository, REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS],
    useFactory: (requests: WarmUpRequestRepository, clock: Clock, { warmUp }: ResolvedOptions) =>
      new AskedRequests(requests, clock, warmUp?.lookBackMs),
  },
  { provide: AskedReports, useExisting: AskedRequests },
  {
    provide: WarmUpOrders,
    inject: [CacheConfigRepository, REPORTS_CACHE_CLOCK],
    useFactory: (config: CacheConfigRepository, clock: Clock) => new WarmUpOrders(config, clock),
  },
  {
    provide: WarmUpService,
    inject: [
      REPORTS_CACHE_OPTIONS,
      REPORTS_CACHE_CLOCK,
      AskedRequests,
      WarmUpRequestRepository,
      CacheConfigRepository,
      BenchmarkService,
      AppDoor,
      Replays,
      WarmUpOrders,
    ],
    useFactory: createService,
  },
  { provide: REPORTS_CACHE_ENTRY_REFRESHER, useExisting: WarmUpService },
  {
    provide: WarmUpSchedule,
    inject: [
      REPORTS_CACHE_OPTIONS,
      WarmUpService,
      AskedRequests,
      ReportCache,
      ModuleRef,
      JOB_TURNS,
      WarmUpOrders,
    ],
    useFactory: createSchedule,
  },
];

function createService(
  { warmUp }: ResolvedOptions,
  clock: Clock,
  asked: AskedRequests,
  requests: WarmUpRequestRepository,
  config: CacheConfigRepository,
  benchmarks: BenchmarkService,
  door: AppDoor,
  replays: Replays,
  orders: WarmUpOrders,
): WarmUpService {
  if (warmUp === undefined) return new WarmUpService(undefined, clock);
  const replayer = new Replayer(door, replays, warmUp.identify);
  const parts = {
    run: new WarmUpRun(requests, replayer, benchmarks, clock, warmUp),
    note: new ProgressNote(config, clock),
    orders,
    remember: () => asked.flush(),
    options: warmUp,
  };
  return new WarmUpService(parts, clock);
}

function createSchedule(
  { warmUp }: ResolvedOptions,
  service: WarmUpService,
  asked: AskedRequests,
  cache: ReportCache,
  moduleRef: ModuleRef,
  turns: JobTurns,
  orders: WarmUpOrders,
): WarmUpSchedule {
  const { cron, afterInvalidationMs } = warmUp ?? {};
  const job =
    cron === undefined
      ? undefined
      : new WarmUpJob(
          () => findSchedulerRegistry(moduleRef),
          cron,
          turns,
          () => service.start('cron', [{}]),
        );
  const afterInvalidation =
    afterInvalidationMs === undefined
      ? undefined
      : new AfterInvalidation(afterInvalidationMs, (selections) => service.start('invalidation', selections));
  if (afterInvalidation !== undefined) cache.onInvalidated((selector) => afterInvalidation.note(selector));
  const taker = warmUp === undefined ? undefined : new OrderTaker(orders, service);
  return new WarmUpSchedule(service, { asked, job, afterInvalidation, orders: taker });
}

import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  REPORTS_CACHE_CLOCK,
  ReportsCacheDashboardModule,
  ReportsCacheModule,
  type WatermarkSource,
} from 'nestjs-reports-cache';
import { ErpReportsController } from './erp-reports.controller.js';
import { SimulatedClock } from './simulated-clock.js';
import { UserGuard } from './user.guard.js';

/** Of the machine's time, not the simulated one, as all timers. */
export const FLUSH_EVERY_MS = 1_000;

/** An app with reports, the cache and its dashboard, on a free port, by a clock that can be moved. */
export async function startApp(
  folder: string,
  clock: SimulatedClock,
  books: WatermarkSource,
): Promise<INestApplication> {
  const testing = Test.createTestingModule({
    imports: [
      ReportsCacheModule.forRoot({
        isGlobal: true,
        database: { path: join(folder, 'reports-cache.sqlite') },
        watermark: { source: books, every: '30s' },
        performance: { flushEvery: FLUSH_EVERY_MS },
        maxBytes: '64mb',
        memory: { maxBytes: '8mb' },
      }),
      ReportsCacheDashboardModule.forRoot({ guards: [new UserGuard()] }),
    ],
    controllers: [ErpReportsController],
    providers: [{ provide: SimulatedClock, useValue: clock }],
  })
    .overrideProvider(REPORTS_CACHE_CLOCK)
    .useValue(clock);
  const app = (await testing.compile()).createNestApplication({ logger: ['warn', 'error'] });
  app.useGlobalGuards(new UserGuard());
  await app.listen(0, '127.0.0.1');
  return app;
}

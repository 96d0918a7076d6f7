import { type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { onTestFinished } from 'vitest';
import { REPORTS_CACHE_CLOCK, ReportsCacheModule, type ReportsCacheOptions } from '../../src/index.js';
import { ManualClock } from './manual-clock.js';
import { SilentLogger } from './silent-logger.js';
import { testStore } from './test-store.js';

export const ADAPTERS = ['express', 'fastify'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

export interface ReportAppOptions extends Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'> {
  adapter?: AdapterName;
  cache?: ReportsCacheOptions;
  /** Called before the testing module is compiled. */
  configureTesting?: (testing: TestingModuleBuilder) => void;
  /** Called before the app is initialised. */
  configure?: (app: INestApplication) => void;
}

export interface ReportApp {
  app: INestApplication;
  clock: ManualClock;
  logger: SilentLogger;
  url: string;
  databasePath: string;
}

/** A Nest app with the cache, listening on a free port of the loopback; closed when the test has finished. */
export async function startReportApp(options: ReportAppOptions): Promise<ReportApp> {
  const { adapter = 'express', cache = {}, configureTesting, configure, imports = [], ...metadata } = options;
  const { path: databasePath, database } = testStore(cache.database);
  const clock = new ManualClock();
  const logger = new SilentLogger();
  const testing = Test.createTestingModule({
    imports: [
      ...imports,
      ReportsCacheModule.forRoot({
        storeTimeout: '10s',
        ...cache,
        database,
      }),
    ],
    ...metadata,
  })
    .overrideProvider(REPORTS_CACHE_CLOCK)
    .useValue(clock)
    .setLogger(logger);
  configureTesting?.(testing);
  const app = (await testing.compile()).createNestApplication<INestApplication>(
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger },
  );
  onTestFinished(() => app.close());
  configure?.(app);
  await app.init();
  if (adapter === 'fastify') await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
  await app.listen(0, '127.0.0.1');
  return { app, clock, logger, url: await app.getUrl(), databasePath };
}

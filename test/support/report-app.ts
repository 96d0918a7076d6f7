import { type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { onTestFinished } from 'vitest';
import { REPORTS_CACHE_CLOCK, ReportsCacheModule, type ReportsCacheOptions } from '../../src/index.js';
import { ReportCache } from '../../src/cache/report-cache.js';
import { Database } from '../../src/storage/database.js';
import { ManualClock } from './manual-clock.js';
import { SilentLogger } from './silent-logger.js';
import { onPostgres, testStore } from './test-store.js';

export type AdapterName = 'express' | 'fastify';

/** What suites run over; on PostgreSQL one of them, since the store knows nothing of HTTP. */
export const ADAPTERS: readonly AdapterName[] = onPostgres ? ['fastify'] : ['express', 'fastify'];

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
  /** Resolves when what was answered before is in the store: memory alone is not trusted once the clock has jumped. */
  stored: () => Promise<void>;
  /** Rows of any query. */
  rows: <Row = Record<string, unknown>>(text: string) => Promise<Row[]>;
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
        // A clock that a test moves is no server that has not been heard of: memory is to be trusted as on a file.
        ...(onPostgres && { processes: { pollEvery: '1h', maxStaleness: '1y' } }),
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
  const store = app.get(Database, { strict: false });
  return {
    ...{ app, clock, logger, url: await app.getUrl(), databasePath },
    stored: async () => {
      await app.get(ReportCache, { strict: false }).fillsQueued();
      await store.write(() => Promise.resolve());
    },
    rows: (text) => store.read((_manager, sql) => sql.all(text)),
  };
}

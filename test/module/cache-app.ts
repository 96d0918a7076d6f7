import type { ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type DataSource } from 'typeorm';
import { onTestFinished } from 'vitest';
import {
  CacheEntryRepository,
  CacheService,
  REPORTS_CACHE_CLOCK,
  REPORTS_CACHE_DATA_SOURCE,
  ReportsCacheModule,
  type ReportsCacheOptions,
  type SqliteDatabaseOptions,
} from '../../src/index.js';
import { Database } from '../../src/storage/database.js';
import { ManualClock } from '../support/manual-clock.js';
import { SilentLogger } from '../support/silent-logger.js';
import { onPostgres, testStore } from '../support/test-store.js';

export type Driver = 'sqlite' | 'better-sqlite3';

/** What suites run over; on PostgreSQL once, since both would be the same there. */
export const DRIVERS: readonly Driver[] = onPostgres ? ['sqlite'] : ['sqlite', 'better-sqlite3'];

export interface CacheAppOptions extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  cache?: ReportsCacheOptions;
  clock?: ManualClock;
  /** In the place of the repository of entries. */
  entries?: new (database: Database) => CacheEntryRepository;
}

export interface CacheApp {
  /** A provider by its class or token, wherever in the app it is. */
  get<T>(token: (abstract new (...args: never[]) => T) | symbol): T;
  readonly service: CacheService;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly logger: SilentLogger;
  readonly path: string;
  /** Rows of any query, seen through the writer's connection to a file. */
  rows<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Intervals are out of the way, so that nothing is written unless a test asks for it; and so is the timeout of the
 * store, which a busy machine would exceed now and then.
 */
const quiet: ReportsCacheOptions = {
  performance: { flushEvery: '1h' },
  cleanup: { cron: '0 0 1 1 *' },
  processes: { pollEvery: '1h' },
  storeTimeout: '10s',
};

/** A Nest app without HTTP that imports the module; closed when the test has finished. */
export async function startCacheApp({
  cache = {},
  clock = new ManualClock(),
  imports = [],
  providers = [],
  entries = CacheEntryRepository,
}: CacheAppOptions = {}): Promise<CacheApp> {
  const { path, database } = testStore(cache.database);
  const logger = new SilentLogger();
  const options = {
    ...quiet,
    ...cache,
    performance: { ...quiet.performance, ...cache.performance },
    cleanup: { ...quiet.cleanup, ...cache.cleanup },
    database,
  };
  const app = await Test.createTestingModule({
    imports: [...imports, ReportsCacheModule.forRoot(options)],
    providers,
  })
    .overrideProvider(REPORTS_CACHE_CLOCK)
    .useValue(clock)
    .overrideProvider(CacheEntryRepository)
    .useFactory({ inject: [Database], factory: (database: Database) => new entries(database) })
    .setLogger(logger)
    .compile();
  onTestFinished(() => app.close());
  await app.init();
  const get: CacheApp['get'] = (token) => app.get(token, { strict: false });
  return {
    get,
    service: get(CacheService),
    database: get(Database),
    clock,
    logger,
    path,
    rows: (text) =>
      database.type === 'postgres'
        ? get(Database).read((_manager, sql) => sql.all(text))
        : get<DataSource>(REPORTS_CACHE_DATA_SOURCE).query(text),
    close: () => app.close(),
  };
}

/** The same app again, on the same file and clock. */
export async function restart(app: CacheApp, cache: ReportsCacheOptions = {}): Promise<CacheApp> {
  await app.close();
  return startCacheApp({
    clock: app.clock,
    cache: { ...cache, database: { ...cache.database, path: app.path } as SqliteDatabaseOptions },
  });
}

/** Breaks the writer's transaction, after which its connection is not used again. */
export async function loseConnection({ database }: CacheApp): Promise<void> {
  const text = onPostgres ? 'SELECT pg_terminate_backend(pg_backend_pid())' : 'ROLLBACK';
  await database.write((_manager, sql) => sql.run(text)).catch(() => undefined);
}

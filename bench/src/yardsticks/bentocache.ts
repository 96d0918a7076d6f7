import { bentostore, BentoCache } from 'bentocache';
import { kyselyDriver } from 'bentocache/drivers/kysely';
import { memoryDriver } from 'bentocache/drivers/memory';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { temporaryFile } from '../harness/folders.js';

export const SILENT = {
  child: () => SILENT,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
};

/** Bentocache's memory alone. It serializes unless told otherwise. */
export function bentocacheMemory(serialize: boolean) {
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 10_000, serialize }));
  return new BentoCache({ default: 'only', logger: SILENT as never, ttl: '1h', stores: { only: store } });
}

/** Bentocache on better-sqlite3 through Kysely, WAL and `synchronous=NORMAL`, without memory. */
export function bentocacheSqlite() {
  const store = bentostore().useL2Layer(sqliteDriver());
  return new BentoCache({ default: 'only', logger: SILENT as never, ttl: '1h', stores: { only: store } });
}

/** Both layers, as an application would use it. */
export function bentocacheBoth() {
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer(sqliteDriver());
  return new BentoCache({ default: 'only', logger: SILENT as never, ttl: '1h', stores: { only: store } });
}

function sqliteDriver() {
  const database = new BetterSqlite3(temporaryFile('bentocache.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return kyselyDriver({ connection: new Kysely({ dialect: new SqliteDialect({ database }) }) });
}

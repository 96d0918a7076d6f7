import { join } from 'node:path';
import type { PostgresDatabaseOptions, ReportsCacheOptions, SqliteDatabaseOptions } from '../../src/index.js';
import { POSTGRES_URL, tempSchema } from './postgres.js';
import { tempFolder } from './temp-folder.js';

/** Whether apps of the end-to-end tests keep their cache on PostgreSQL: `REPORTS_CACHE_TEST_STORE=postgres`. */
export const onPostgres = process.env['REPORTS_CACHE_TEST_STORE'] === 'postgres';

/** Where an app of a test keeps its cache. */
export interface TestStore {
  /** The file; on PostgreSQL the schema. Given as `database.path`, it is opened again. */
  readonly path: string;
  readonly database: SqliteDatabaseOptions | PostgresDatabaseOptions;
}

/** A statement that changes bytes of every stored payload. */
export const DAMAGE_PAYLOADS = onPostgres
  ? `UPDATE cache_payloads SET body = 'JX'::bytea || substr(body, 3)`
  : `UPDATE cache_payloads SET body = CAST('JX' || substr(body, 3) AS BLOB)`;

/** How much of its work a long suite does: a server answers each query over a socket. */
export function sizedByStore<T>(sizes: Readonly<Record<'file' | 'server', T>>): T {
  return onPostgres ? sizes.server : sizes.file;
}

/** A place of this test's own, unless the options name one. */
export function testStore(given: ReportsCacheOptions['database'] = {}): TestStore {
  const { path } = given as SqliteDatabaseOptions;
  if (given.type === 'postgres') return { path: given.schema ?? 'reports_cache', database: given };
  return onPostgres
    ? schemaStore(path ?? tempSchema())
    : fileStore(path ?? join(tempFolder(), 'cache.sqlite'), given);
}

function schemaStore(schema: string): TestStore {
  return { path: schema, database: { type: 'postgres', url: POSTGRES_URL, schema, poolSize: 3 } };
}

function fileStore(path: string, given: SqliteDatabaseOptions): TestStore {
  return { path, database: { ...given, path } };
}

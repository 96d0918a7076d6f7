import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/common/clock.js';
import type { ResolvedDatabaseOptions, ResolvedSqliteOptions } from '../../src/common/options.js';
import { Database } from '../../src/storage/database.js';
import { tempFolder } from '../support/temp-folder.js';

export type Driver = ResolvedSqliteOptions['type'];

/** Options of a database in a folder of this test's own. */
export function databaseOptions(type: Driver = 'sqlite'): ResolvedSqliteOptions {
  return { type, path: join(tempFolder(), 'cache', 'reports.sqlite'), busyTimeoutMs: 2_000 };
}

/** A database, closed when the test has finished. */
export function newDatabase(options: ResolvedDatabaseOptions, clock?: Clock): Database {
  const database = new Database(options, clock);
  onTestFinished(() => database.close());
  return database;
}

export async function openDatabase(
  options: ResolvedDatabaseOptions = databaseOptions(),
  clock?: Clock,
): Promise<Database> {
  const database = newDatabase(options, clock);
  await database.open();
  return database;
}

/** Rows of any query, seen through the read-only connection. */
export function rowsOf<Row>(database: Database, text: string): Promise<Row[]> {
  return database.read((_manager, sql) => sql.all<Row>(text));
}

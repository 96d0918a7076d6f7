import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ResolvedDatabaseOptions } from '../../src/common/options.js';
import { Database } from '../../src/storage/database.js';
import { postgresOptions } from './postgres.js';
import { tempFolder } from './temp-folder.js';
import { onPostgres } from './test-store.js';

/** A database of this test's own, closed and removed when the test has finished. */
export async function openDatabase(): Promise<Database> {
  // The place first: what is registered last runs first, and the database must be closed before it goes.
  const options = onPostgres ? postgresOptions() : fileOptions();
  const database = new Database(options);
  onTestFinished(() => database.close());
  await database.open();
  return database;
}

function fileOptions(): ResolvedDatabaseOptions {
  return { type: 'sqlite', path: join(tempFolder(), 'cache.sqlite'), busyTimeoutMs: 5_000 };
}

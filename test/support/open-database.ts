import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Database } from '../../src/storage/database.js';
import { tempFolder } from './temp-folder.js';

/** A database in a folder of this test's own, closed and removed when the test has finished. */
export async function openDatabase(type: 'sqlite' | 'better-sqlite3' = 'sqlite'): Promise<Database> {
  // The folder first: what is registered last runs first, and the file must be closed before it goes.
  const path = join(tempFolder(), 'cache.sqlite');
  const database = new Database({ type, path, busyTimeoutMs: 5_000 });
  onTestFinished(() => database.close());
  await database.open();
  return database;
}

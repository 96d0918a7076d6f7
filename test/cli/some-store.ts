import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Database } from '../../src/storage/database.js';
import type { StoredEntry } from '../../src/storage/entries/entry.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { CacheWatermarkRepository } from '../../src/storage/repositories/cache-watermark.repository.js';
import { QueryBenchmarkRepository } from '../../src/storage/repositories/query-benchmark.repository.js';
import { SchemaMappingRepository } from '../../src/storage/repositories/schema-mapping.repository.js';
import { UserCacheSettingRepository } from '../../src/storage/repositories/user-cache-setting.repository.js';
import { someEntry } from '../storage/some-entry.js';
import { tempFolder } from '../support/temp-folder.js';

const HOUR = 3_600_000;

/** An entry that the command line, which goes by the machine's clock, takes for fresh. */
export function freshEntry(overrides: Partial<StoredEntry> = {}): StoredEntry {
  const createdAt = Date.now() - HOUR;
  const expiresAt = Date.now() + HOUR;
  return someEntry({ createdAt, expiresAt, graceUntil: expiresAt, ...overrides });
}

/** A file as an app that was stopped leaves it. */
export async function storeFile(
  fill: (database: Database) => Promise<unknown> = async () => {},
): Promise<string> {
  const path = join(tempFolder(), 'cache.sqlite');
  await inStore(path, fill);
  return path;
}

/** Works on a file as an app does, and closes it. */
export async function inStore<T>(path: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openStore(path);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Closed when the test has finished, at the latest. */
export async function openStore(path: string): Promise<Database> {
  const database = new Database({ type: 'sqlite', path, busyTimeoutMs: 5_000 });
  onTestFinished(() => database.close());
  await database.open();
  if (database.state.kind !== 'open') throw new Error(JSON.stringify(database.state));
  return database;
}

export async function put(database: Database, ...entries: Partial<StoredEntry>[]): Promise<void> {
  const repository = new CacheEntryRepository(database);
  await Promise.all(entries.map((entry) => repository.put(freshEntry(entry))));
}

/** One row of each table that outlives every entry; all of them changed at this moment. */
export async function putPermanentRows(database: Database, at: number, schema = 'books_7'): Promise<void> {
  await new SchemaMappingRepository(database).upsert('7', schema, at);
  await new UserCacheSettingRepository(database).upsert('ada', false, at);
  await new CacheConfigRepository(database).upsert('theme', 'dark\u2028"quoted"', at);
  await new QueryBenchmarkRepository(database).save('trial-balance', 1_234.5, 12, at);
  await new CacheWatermarkRepository(database).upsert({
    companyId: '7',
    schema,
    maxIdAct: '41',
    checkedAt: at,
  });
}

/** Rows of any query. */
export function rowsIn<Row>(path: string, text: string): Promise<Row[]> {
  return inStore(path, (database) => database.read((_manager, sql) => sql.all<Row>(text)));
}

/** Runs statements on a file as no app would. */
export function tamperWith(path: string, ...statements: readonly string[]): Promise<void> {
  return inStore(path, (database) =>
    database.write(async (_manager, sql) => {
      for (const statement of statements) await sql.run(statement);
    }),
  );
}

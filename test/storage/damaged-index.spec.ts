import { expect, test } from 'vitest';
import type { Database } from '../../src/storage/database.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';
import { someEntry } from './some-entry.js';

const drivers: Driver[] = ['sqlite', 'better-sqlite3'];
const indexes = ['idx_cache_entries_cache_type', 'idx_cache_entries_company_id'];
const cases = drivers.flatMap((driver) => indexes.map((index) => ({ driver, index })));

test.each(cases)('an entry that a damaged $index hides from a drop is damaged ($driver)', async (given) => {
  const options = databaseOptions('sqlite');
  const writer = await openDatabase(options);
  const written = new CacheEntryRepository(writer);
  await written.put(someEntry({ key: 'seen' }));
  await hideFromIndex(writer, given.index, () => written.put(someEntry({ key: 'hidden' })));
  await writer.close();

  const entries = new CacheEntryRepository(await openDatabase({ ...options, type: given.driver }));
  expect(await entries.find('seen')).toEqual(someEntry({ key: 'seen' }));
  expect(await entries.find('hidden')).toBe('damaged');
});

/**
 * What the work stores stands in the table and not in the index: that is partial meanwhile, and the schema says
 * afterwards that it never was. By sqlite3, for better-sqlite3 lets nobody write the schema.
 */
async function hideFromIndex(database: Database, index: string, work: () => Promise<unknown>): Promise<void> {
  const [schema] = await rowsOf<{ sql: string }>(
    database,
    `SELECT sql FROM sqlite_schema WHERE name = '${index}'`,
  );
  const whole = schema!.sql;
  await database.write(async (_manager, sql) => {
    await sql.run(`DROP INDEX ${index}`);
    await sql.run(`${whole} WHERE cache_key <> 'hidden'`);
  });
  await work();
  await database.write(async (_manager, sql) => {
    await sql.pragma('writable_schema = ON');
    await sql.run('UPDATE sqlite_schema SET sql = ? WHERE name = ?', [whole, index]);
    await sql.pragma('writable_schema = OFF');
  });
}

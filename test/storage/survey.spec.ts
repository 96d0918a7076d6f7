import { describe, expect, test } from 'vitest';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { databaseOptions, type Driver, openDatabase } from './open-database.js';
import { someEntry } from './some-entry.js';

const COUNT = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
  SELECT COUNT(*) AS count FROM n`;

/** So many steps that nothing else takes as long. */
const STEPS = 5_000_000;

/** How many lookups, one after another, end while somebody looks at the whole store, both in SQLite's threads. */
async function lookupsDuring(look: 'survey' | 'read'): Promise<number> {
  const database = await openDatabase(databaseOptions('sqlite'));
  const entries = new CacheEntryRepository(database);
  await entries.put(someEntry({ key: 'k' }));
  const count = (steps: number) => database[look]((_manager, sql) => sql.all(COUNT, [steps]));
  // So that the statement is prepared, and begins before the lookups.
  await count(1);
  let isLooking = true;
  const looking = count(STEPS).finally(() => (isLooking = false));
  let lookups = 0;
  for (;;) {
    await entries.find('k');
    if (!isLooking) break;
    lookups += 1;
  }
  await looking;
  return lookups;
}

test('lookups are not queued behind somebody who looks at the whole store, as they would be on their own connection', async () => {
  const besides = await lookupsDuring('survey');
  // Those that come before the look has begun.
  const before = await lookupsDuring('read');
  expect(besides).toBeGreaterThan(3 * before);
});

describe.each<Driver>(['sqlite', 'better-sqlite3'])('a look at the store, on %s', (driver) => {
  test('sees what was acknowledged before, and cannot write', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry({ key: 'k' }));
    const count = () =>
      database.survey((_manager, sql) => sql.all<{ n: number }>('SELECT COUNT(*) AS n FROM cache_entries'));
    expect(await count()).toEqual([{ n: 1 }]);
    await entries.put(someEntry({ key: 'l' }));
    expect(await count()).toEqual([{ n: 2 }]);
    await expect(database.survey((_manager, sql) => sql.run('DELETE FROM cache_entries'))).rejects.toThrow();
  });

  test('opens one connection, for all who look at once', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const looks = Array.from({ length: 5 }, () => database.survey((_manager, sql) => Promise.resolve(sql)));
    expect(new Set(await Promise.all(looks)).size).toBe(1);
  });

  test('works again after the database was closed and opened', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const look = () => database.survey((_manager, sql) => sql.all<{ one: number }>('SELECT 1 AS one'));
    expect(await look()).toEqual([{ one: 1 }]);
    await database.close();
    await expect(look()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await database.open();
    expect(await look()).toEqual([{ one: 1 }]);
  });
});

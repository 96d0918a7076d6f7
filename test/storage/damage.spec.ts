import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ResolvedSqliteOptions } from '../../src/common/options.js';
import type { DatabaseState } from '../../src/storage/database-state.js';
import type { Database } from '../../src/storage/database.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { SchemaMappingRepository } from '../../src/storage/repositories/schema-mapping.repository.js';
import { UserCacheSettingRepository } from '../../src/storage/repositories/user-cache-setting.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { databaseOptions, type Driver, openDatabase } from './open-database.js';
import { someEntry, T0 } from './some-entry.js';

const drivers: Driver[] = ['sqlite', 'better-sqlite3'];
const PAGE = 4_096;

function evidenceOf({ path }: ResolvedSqliteOptions): string[] {
  const names = readdirSync(dirname(path)).filter((name) => /\.damaged-\d+T\d+Z$/.test(name));
  return names.sort().map((name) => join(dirname(path), name));
}

function notices(database: Database): string[] {
  const told: string[] = [];
  const tell = (state: DatabaseState): unknown =>
    told.push(state.kind === 'open' ? (state.notice ?? 'opened') : state.kind);
  database.onStateChange(tell);
  return told;
}

/** A database whose table of entries is garbage, and nothing else. @returns where in the file. */
async function withDamagedEntries(options: ResolvedSqliteOptions): Promise<{ page: number }> {
  const database = await openDatabase(options);
  await new UserCacheSettingRepository(database).upsert('ada', false, T0);
  await new CacheConfigRepository(database).upsert('theme', 'dark', T0);
  await new SchemaMappingRepository(database).upsert('7', 'books_7', T0);
  await new CacheEntryRepository(database).put(someEntry());
  const [root] = await database.read((_manager, sql) =>
    sql.all<{ rootpage: number }>(`SELECT rootpage FROM sqlite_master WHERE name = 'cache_entries'`),
  );
  await database.close();
  const page = (root!.rootpage - 1) * PAGE;
  writeFileSync(options.path, readFileSync(options.path).fill(0xa5, page, page + PAGE));
  return { page };
}

describe.each(drivers)('a damaged file (%s)', (driver) => {
  test.each([
    'a text file',
    'SQLite format 3\0 followed by something else, long enough for a page'.padEnd(8_192, 'x'),
  ])(
    'that is not a database is set aside, owner-only, and a new one is used at once (%#)',
    async (content) => {
      const options = databaseOptions(driver);
      mkdirSync(dirname(options.path));
      writeFileSync(options.path, content, { mode: 0o644 });
      const database = await openDatabase(options);
      const [evidence] = evidenceOf(options);
      expect(database.state).toMatchObject({ notice: expect.stringContaining(evidence!) as string });
      expect(readFileSync(evidence!, 'utf8')).toBe(content);
      expect(statSync(evidence!).mode & 0o777).toBe(0o600);
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry());
      expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
    },
  );

  test('found while it is in use is replaced at once, told of once, and kept with its bytes', async () => {
    const options = databaseOptions(driver);
    const { page } = await withDamagedEntries(options);
    const database = await openDatabase(options);
    expect(database.state).toEqual({ kind: 'open', engine: 'SQLite', version: expect.any(String) as string });
    const told = notices(database);
    const entries = new CacheEntryRepository(database);
    await expect(entries.find('key-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await entries.put(someEntry({ key: 'key-2' }));
    expect(await entries.find('key-2')).toMatchObject({ key: 'key-2' });
    const [evidence] = evidenceOf(options);
    expect(told).toEqual([expect.stringContaining(`is kept as ${evidence}`)]);
    expect(readFileSync(evidence!).subarray(page, page + PAGE)).toEqual(Buffer.alloc(PAGE, 0xa5));
  });

  test('leaves user switches and settings to the new one, and schema mappings behind', async () => {
    const options = databaseOptions(driver);
    await withDamagedEntries(options);
    const database = await openDatabase(options);
    await expect(new CacheEntryRepository(database).find('key-1')).rejects.toThrow();
    await database.write(() => Promise.resolve());
    expect(await new UserCacheSettingRepository(database).disabledUsernames()).toEqual(['ada']);
    expect(await new CacheConfigRepository(database).find('theme')).toMatchObject({ value: 'dark' });
    expect(await new SchemaMappingRepository(database).all()).toEqual([]);
    expect(database.state).toMatchObject({ notice: expect.stringContaining('with 2 of its user') as string });
  });

  test('is set aside by one of two that use it; the other takes the new one over', async () => {
    const options = databaseOptions(driver);
    await withDamagedEntries(options);
    const [one, other] = [await openDatabase(options), await openDatabase(options)];
    const finding = [one, other].map((database) => new CacheEntryRepository(database).find('key-1'));
    await Promise.allSettled(finding);
    await new CacheEntryRepository(one).put(someEntry({ key: 'key-2' }));
    await other.write(() => Promise.resolve());
    expect(await new CacheEntryRepository(other).find('key-2')).toMatchObject({ key: 'key-2' });
    expect(evidenceOf(options)).toHaveLength(1);
  });

  test('is kept three times at the most', async () => {
    const options = databaseOptions(driver);
    mkdirSync(dirname(options.path));
    for (let time = 1; time <= 5; time += 1) {
      writeFileSync(options.path, `not a database, ${time}`);
      await (await openDatabase(options)).close();
    }
    expect(evidenceOf(options).map((path) => readFileSync(path, 'utf8').at(-1))).toEqual(['3', '4', '5']);
  });

  test('that others made and that holds other tables is never set aside for its tables', async () => {
    const options = databaseOptions(driver);
    const database = await openDatabase(options);
    await database.write((_manager, sql) => sql.run('DROP TABLE cache_config'));
    await database.write((_manager, sql) => sql.pragma('application_id = 1'));
    await database.close();
    const again = await openDatabase(options);
    expect(again.state).toMatchObject({ kind: 'unavailable' });
    expect(evidenceOf(options)).toEqual([]);
  });

  test('whose schema lost a table is damaged as well', async () => {
    const options = databaseOptions(driver);
    const database = await openDatabase(options);
    await database.write((_manager, sql) => sql.run('DROP TABLE cache_config'));
    await database.close();
    const again = await openDatabase(options);
    expect(again.state).toMatchObject({ notice: expect.stringContaining('cache_config') as string });
  });
});

describe.each(drivers)('a file that is not there any more (%s)', (driver) => {
  const CHECKED_AFTER_MS = 250;

  test('because it was deleted is begun anew, and told of once', async () => {
    const options = databaseOptions(driver);
    const clock = new ManualClock();
    const database = await openDatabase(options, clock);
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry());
    const told = notices(database);
    rmSync(options.path);
    clock.advance(CHECKED_AFTER_MS);
    await entries.put(someEntry({ key: 'key-2' }));
    expect(told).toEqual([
      `${options.path} was deleted or replaced while it was in use, and was opened anew`,
    ]);
    await database.close();
    const again = new CacheEntryRepository(await openDatabase(options));
    expect([await again.find('key-1'), await again.find('key-2')]).toEqual([
      'absent',
      expect.objectContaining({ key: 'key-2' }),
    ]);
  });

  test('because another was put in its place is left for that one, whose older answers do not count', async () => {
    const [options, others] = [databaseOptions(driver), databaseOptions(driver)];
    const backup = await openDatabase(others);
    await new CacheEntryRepository(backup).put(someEntry({ createdAt: T0 - 1_000 }));
    await new SchemaMappingRepository(backup).upsert('7', 'books_7', T0);
    await backup.close();

    const clock = new ManualClock(T0);
    const database = await openDatabase(options, clock);
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry({ key: 'key-2', bytes: Buffer.alloc(50_000, 1) }));
    renameSync(others.path, options.path);
    clock.advance(CHECKED_AFTER_MS);
    await entries.put(someEntry({ key: 'key-3', createdAt: clock.now() }));
    expect(await new SchemaMappingRepository(database).find('7')).toMatchObject({ schema: 'books_7' });
    expect(typeof (await entries.find('key-1'))).toBe('string');
    expect(await entries.find('key-2')).toBe('absent');
    expect(await entries.find('key-3')).toMatchObject({ key: 'key-3' });
    expect(basename(options.path)).toBe('reports.sqlite');
  });

  test('is noticed by reads alone', async () => {
    const options = databaseOptions(driver);
    const clock = new ManualClock();
    const database = await openDatabase(options, clock);
    const told = notices(database);
    rmSync(options.path);
    clock.advance(CHECKED_AFTER_MS);
    await new CacheConfigRepository(database).all();
    await expect.poll(() => told).toHaveLength(1);
  });
});

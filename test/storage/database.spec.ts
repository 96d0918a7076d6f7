import { chmodSync, mkdirSync, readFileSync, statSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreUnavailableError } from '../../src/common/errors.js';
import type { DatabaseState } from '../../src/storage/database-state.js';
import type { Database } from '../../src/storage/database.js';
import { CacheConfigEntry } from '../../src/storage/entities/index.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { tempFolder } from '../support/temp-folder.js';
import { databaseOptions, type Driver, newDatabase, openDatabase, rowsOf } from './open-database.js';
import { someEntry, T0 } from './some-entry.js';

const drivers: Driver[] = ['sqlite', 'better-sqlite3'];
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const unavailable = (database: Database) => {
  const { state } = database;
  if (state.kind !== 'unavailable') throw new Error(`the database is ${state.kind}`);
  return state;
};

describe.each(drivers)('the database on %s', (driver) => {
  test('it creates its folder and files for the owner alone', async () => {
    const options = databaseOptions(driver);
    await openDatabase(options);
    expect(modeOf(dirname(options.path))).toBe('700');
    expect(['', '-wal', '-shm'].map((end) => modeOf(options.path + end))).toEqual(['600', '600', '600']);
  });

  test('an existing file that others may read is closed to them', async () => {
    const options = databaseOptions(driver);
    await (await openDatabase(options)).close();
    chmodSync(options.path, 0o644);
    await openDatabase(options);
    expect(modeOf(options.path)).toBe('600');
  });

  test('the writer has WAL, synchronous NORMAL, incremental auto_vacuum, a bounded WAL and the busy timeout', async () => {
    const database = await openDatabase(databaseOptions(driver));
    expect(database.state).toEqual({
      kind: 'open',
      engine: 'SQLite',
      version: expect.stringMatching(/^3\.\d+/),
    });
    const pragmas = await database.write(async (_manager, sql) => {
      const names = ['journal_mode', 'synchronous', 'auto_vacuum', 'journal_size_limit', 'busy_timeout'];
      const values: unknown[] = [];
      for (const name of names) values.push(Object.values((await sql.pragma<object>(name))[0]!)[0]);
      return values;
    });
    // What would block the event loop waits outside SQLite instead.
    const busyTimeout = driver === 'better-sqlite3' ? 5 : 2_000;
    expect(pragmas).toEqual(['wal', 1, 2, 16 * 1024 * 1024, busyTimeout]);
  });

  test('the second connection cannot write', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const writing = database.read((_manager, sql) => sql.run('DELETE FROM cache_config'));
    await expect(writing).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    expect(database.state.kind).toBe('open');
  });

  test('reads do not wait behind a write', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const write = database.write(() => held).then(() => order.push('write'));
    await rowsOf(database, 'SELECT 1');
    order.push('read');
    release();
    await write;
    expect(order).toEqual(['read', 'write']);
  });

  test('what was stored is there after closing and opening, through the same DataSource', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const { dataSource } = database;
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry());
    await database.close();
    await database.open();
    expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
    await entries.put(someEntry({ key: 'key-2' }));
    expect(database.dataSource).toBe(dataSource);
    expect(await dataSource!.query('SELECT cache_key FROM cache_entries ORDER BY 1')).toHaveLength(2);
  });

  test('closing waits for queued writes and running reads, then everything is refused; twice is fine', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const entries = new CacheEntryRepository(database);
    const writes = Array.from({ length: 200 }, (_, index) => entries.put(someEntry({ key: `key-${index}` })));
    const read = database.read(async (manager) => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      return manager.find(CacheConfigEntry);
    });
    await Promise.all([database.close(), database.close()]);
    await Promise.all(writes);
    expect(await read).toEqual([]);
    expect(database.state).toEqual({ kind: 'closed' });
    await expect(entries.put(someEntry())).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(entries.find('key-1')).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(database.reclaim()).rejects.toBeInstanceOf(StoreUnavailableError);
    await database.open();
    expect((await entries.counts(T0)).totalEntries).toBe(200);
  });

  test('opening twice at once opens one pair of connections', async () => {
    const database = newDatabase(databaseOptions(driver));
    const states: DatabaseState[] = [];
    database.onStateChange((state) => states.push(state));
    await Promise.all([database.open(), database.open()]);
    await database.open();
    expect(states.map((state) => state.kind)).toEqual(['open']);
  });

  test('freed pages are given back and the write-ahead log is emptied', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const entries = new CacheEntryRepository(database);
    const bytes = Buffer.alloc(64 * 1024, 1);
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => entries.put(someEntry({ key: `k${index}`, bytes }))),
    );
    await database.reclaim();
    const full = await database.sizes();
    expect(full.databaseBytes).toBeGreaterThan(6_400_000);
    expect(full.walBytes).toBe(0);
    await entries.remove({});
    await database.reclaim();
    const empty = await database.sizes();
    expect(empty.databaseBytes).toBeLessThan(500_000);
    expect(empty.walBytes).toBe(0);
  });

  test('a path below a file is unavailable, with the path and the cause in its reason', async () => {
    const file = join(tempFolder(), 'a-file');
    writeFileSync(file, 'untouched');
    const database = await openDatabase({ ...databaseOptions(driver), path: join(file, 'cache.sqlite') });
    expect(unavailable(database).reason).toMatch(
      /a-file\/cache\.sqlite cannot be opened or created \((ENOTDIR|EEXIST)\)/,
    );
    const finding = new CacheEntryRepository(database).find('key-1');
    await expect(finding).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(finding).rejects.toMatchObject({ cause: { code: expect.stringMatching(/ENOTDIR|EEXIST/) } });
    expect(readFileSync(file, 'utf8')).toBe('untouched');
  });

  test('the write-ahead log is folded into the file when nobody writes for a while', async () => {
    const database = await openDatabase(databaseOptions(driver));
    const before = (await database.sizes()).databaseBytes;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await new CacheEntryRepository(database).put(someEntry({ bytes: Buffer.alloc(100_000, 1) }));
    expect((await database.sizes()).databaseBytes).toBe(before);
    await vi.advanceTimersByTimeAsync(1_000);
    await database.write(() => Promise.resolve());
    expect((await database.sizes()).databaseBytes).toBeGreaterThan(before + 100_000);
  });

  test('a missing driver package is unavailable, with the command that mends it', async () => {
    withoutPackage(driver === 'sqlite' ? 'sqlite3' : 'better-sqlite3');
    const database = await openDatabase(databaseOptions(driver));
    expect(database.dataSource).toBeNull();
    expect(unavailable(database).reason).toMatch(/npm install (better-)?sqlite3$/);
    await expect(database.read(() => Promise.resolve())).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test('a database that was unavailable is opened by a later call, after a second and once for all callers', async () => {
    const options = databaseOptions(driver);
    mkdirSync(options.path, { recursive: true });
    const clock = new ManualClock();
    const database = await openDatabase(options, clock);
    const config = new CacheConfigRepository(database);
    const states: string[] = [];
    database.onStateChange((state) => states.push(state.kind));

    rmdirSync(options.path);
    clock.advance(999);
    await expect(config.all()).rejects.toBeInstanceOf(StoreUnavailableError);
    clock.advance(1);
    await Promise.all([config.all(), config.upsert('a', '1', T0), config.all(), config.upsert('b', '2', T0)]);
    expect(await config.all()).toHaveLength(2);
    expect(states).toEqual(['open']);
  });

  test('a reason that stays the same is told once', async () => {
    const options = databaseOptions(driver);
    mkdirSync(options.path, { recursive: true });
    const clock = new ManualClock();
    const database = newDatabase(options, clock);
    const states: string[] = [];
    database.onStateChange((state) => states.push(state.kind));
    await database.open();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      clock.advance(5_000);
      await expect(database.write(() => Promise.resolve())).rejects.toBeInstanceOf(StoreUnavailableError);
    }
    expect(states).toEqual(['unavailable']);
  });

  test('after a lost transaction the connections are opened anew and nothing acknowledged is missing', async () => {
    const clock = new ManualClock();
    const database = await openDatabase(databaseOptions(driver), clock);
    const config = new CacheConfigRepository(database);
    await config.upsert('kept', '', T0);
    const states: string[] = [];
    database.onStateChange((state) => states.push(state.kind));
    await expect(database.write((_manager, sql) => sql.run('ROLLBACK'))).rejects.toBeInstanceOf(
      StoreUnavailableError,
    );
    clock.advance(1_000);
    await config.upsert('next', '', T0);
    expect((await config.all()).map((row) => row.key)).toEqual(['kept', 'next']);
    expect(states).toEqual(['unavailable', 'open']);
  });
});

/** Makes TypeORM find no such package, as on a machine where it was never installed. */
function withoutPackage(name: string): void {
  const load = vi.spyOn(PlatformTools, 'load').mockImplementation((asked) => {
    throw new Error(`Cannot find module '${asked}', nor '${name}'`);
  });
  onTestFinished(() => load.mockRestore());
}

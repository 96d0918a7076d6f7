import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ResolvedSqliteOptions } from '../../src/common/options.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { databaseOptions, type Driver, openDatabase } from './open-database.js';
import { someEntry } from './some-entry.js';

const KEY = 'the balance of March';

/** By another process: to close a file of an open database here would take SQLite's locks on it away. */
function copy(from: string, to: string): void {
  execFileSync('cp', [from, to]);
}

/** What is left of an app that was killed with this answer in its log. */
async function killedCache(driver: Driver, answer: string): Promise<ResolvedSqliteOptions> {
  const running = databaseOptions(driver);
  const left = databaseOptions(driver);
  await (await openDatabase(left)).close();
  const database = await openDatabase(running);
  await new CacheEntryRepository(database).put(someEntry({ key: KEY, bytes: Buffer.from(answer) }));
  for (const end of ['', '-wal', '-lock']) copy(running.path + end, left.path + end);
  return left;
}

async function answerOf(options: ResolvedSqliteOptions): Promise<string> {
  const found = await new CacheEntryRepository(await openDatabase(options)).find(KEY);
  return typeof found === 'string' ? found : found.bytes.toString();
}

function evidenceOf({ path }: ResolvedSqliteOptions): string[] {
  return readdirSync(dirname(path)).filter((name) => /\.damaged-\d+T\d+Z$/.test(name));
}

describe.each<Driver>(['sqlite', 'better-sqlite3'])('a write-ahead log (%s)', (driver) => {
  test('that a killed process left is read', async () => {
    expect(await answerOf(await killedCache(driver, 'ours'))).toBe('ours');
  });

  test('of another cache with the same keys is set aside with the file, and answers nobody', async () => {
    const [ours, theirs] = [await killedCache(driver, 'ours'), await killedCache(driver, 'theirs')];
    copy(`${theirs.path}-wal`, `${ours.path}-wal`);
    const database = await openDatabase(ours);
    expect(database.state).toMatchObject({
      notice: expect.stringContaining('its write-ahead log belongs to another database') as string,
    });
    expect(await answerOf(ours)).toBe('absent');
    expect(evidenceOf(ours)).toHaveLength(1);
  });

  test('that brings single rows of another cache brings no answer', async () => {
    const options = databaseOptions(driver);
    const database = await openDatabase(options);
    const entries = new CacheEntryRepository(database);
    await entries.put(someEntry({ key: KEY }));
    const other = await openDatabase(databaseOptions(driver));
    await new CacheEntryRepository(other).put(someEntry({ key: KEY }));
    const [row] = await other.read((_manager, sql) =>
      sql.all<{ checksum: number }>('SELECT checksum FROM cache_payloads'),
    );
    await database.write((_manager, sql) =>
      sql.run('UPDATE cache_payloads SET checksum = ?', [row!.checksum]),
    );
    expect(await entries.find(KEY)).toBe('damaged');
  });
});

describe.each<Driver>(['sqlite', 'better-sqlite3'])('a file of another cache (%s)', (driver) => {
  test('that was put in the place of ours as a whole is taken as it is', async () => {
    const ours = await killedCache(driver, 'ours');
    await (await openDatabase(ours)).close();
    const backup = databaseOptions(driver);
    const theirs = await openDatabase(backup);
    await new CacheEntryRepository(theirs).put(someEntry({ key: KEY, bytes: Buffer.from('a backup') }));
    await theirs.close();
    copy(backup.path, ours.path);
    expect(await answerOf(ours)).toBe('a backup');
    expect(evidenceOf(ours)).toEqual([]);
  });

  test('is taken with its log where nothing is known of an earlier one', async () => {
    const ours = await killedCache(driver, 'moved here');
    rmSync(`${ours.path}-lock`);
    expect(await answerOf(ours)).toBe('moved here');
  });
});

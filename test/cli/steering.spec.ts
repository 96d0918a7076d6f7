import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CacheService } from '../../src/index.js';
import { heldLoad } from '../cluster/held-load.js';
import { systemClock } from '../../src/common/clock.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { commandLine } from './command-line.js';
import { inStore, put, rowsIn, storeFile } from './some-store.js';

const cli = commandLine();

/** An app that goes by the machine's clock, as the command line does, and looks at the file 20 times a second. */
function startApp(): Promise<CacheApp> {
  return startCacheApp({
    clock: systemClock as never,
    cache: { processes: { pollEvery: '50ms' } },
  });
}

const options = { type: 'sales', companyId: 7, tags: ['march'], ttl: '1h' } as const;

describe('clear', () => {
  test.each([
    [['--type', 'sales'], ['b']],
    [
      ['--company', '7'],
      ['b', 'c'],
    ],
    [['--tag', 'march', 'april'], ['c']],
    [
      ['--key', 'a'],
      ['b', 'c'],
    ],
    [
      ['--type', 'costs', '--tag', 'april'],
      ['a', 'c'],
    ],
    [['--all'], []],
  ])('with %j drops what meets every condition, and leaves the others', async (conditions, left) => {
    const path = await storeFile((database) =>
      put(
        database,
        { key: 'a', type: 'sales', companyId: '7', tags: ['march'] },
        { key: 'b', type: 'costs', companyId: '8', tags: ['april'] },
        { key: 'c', type: 'sales', companyId: '8', tags: [] },
      ),
    );
    const { report, exitCode } = await cli.run('clear', ...conditions, '--yes', '--json', '--database', path);
    const keys = await rowsIn<{ cache_key: string }>(path, 'SELECT cache_key FROM cache_entries ORDER BY 1');
    expect(keys.map((row) => row.cache_key)).toEqual(conditions.includes('sales') ? ['b'] : left);
    expect(report).toMatchObject({ confirmed: true, removed: 3 - keys.length, processes: 0 });
    expect(exitCode).toBe(0);
  });

  test.each([
    [['--yes'], 2],
    [['--all', '--type', 'sales', '--yes'], 2],
    [['--all'], 3],
  ])('with %j drops nothing', async (args, exitCode) => {
    const path = await storeFile((database) => put(database, {}));
    const run = await cli.run('clear', ...args, '--database', path);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(await rowsIn(path, 'SELECT 1 FROM cache_entries')).toHaveLength(1);
  });

  test('empties the memory of an app that runs, of just what was asked for', async () => {
    const app = await startApp();
    await app.service.set('k', 1, options);
    await app.service.set('other', 2, { ...options, companyId: 8 });
    const { report } = await cli.run('clear', '--company', '7', '--yes', '--json', '--database', app.path);
    expect(report).toMatchObject({ removed: 1, processes: 1 });
    await expect.poll(() => app.service.get('k')).toBeUndefined();
    expect(await app.service.getStats()).toMatchObject({ memoryEntries: 1 });
  });

  test('is not undone by a report that an app began before', async () => {
    const app = await startApp();
    const load = heldLoad('old');
    const loading = app.service.getOrSet('k', load.run, options);
    await load.began;
    await cli.run('clear', '--company', '7', '--yes', '--database', app.path);
    load.finish();
    expect(await loading).toBe('old');
    await app.service.set('fence', 1, { type: 'fence' });
    await expect.poll(() => app.get(CacheService).get('k')).toBeUndefined();
    expect(await app.rows(`SELECT 1 FROM cache_entries WHERE cache_key = 'k'`)).toEqual([]);
  });

  test('leaves no trace of itself among the processes', async () => {
    const path = await storeFile();
    await cli.run('clear', '--all', '--yes', '--database', path);
    expect(await rowsIn(path, 'SELECT process_id FROM cache_processes')).toEqual([]);
  });
});

describe('vacuum', () => {
  const megabytes = (path: string): number => statSync(path).size / 1024 / 1024;
  const large = Array.from({ length: 20 }, (_, index) => ({
    key: `large-${index}`,
    bytes: Buffer.alloc(200_000, index),
  }));

  test('gives back what was deleted while an app goes on', async () => {
    const app = await startApp();
    await put(app.database, ...large);
    await app.service.clear();
    await app.database.write((_manager, sql) => sql.run('SELECT 1')).catch(() => undefined);
    const { report, exitCode } = await cli.run('vacuum', '--json', '--database', app.path);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ mode: 'incremental', after: { freeBytes: 0 } });
    expect(await app.service.set('k', 1, options)).toBe(true);
    expect(megabytes(app.path)).toBeLessThan(1);
  });

  test('writes the whole file anew only when nobody has it open', async () => {
    const app = await startApp();
    await put(app.database, ...large);
    await app.service.clear();
    const refused = await cli.run('vacuum', '--full', '--database', app.path);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain('stop the app');
    await app.close();

    const { report, exitCode } = await cli.run('vacuum', '--full', '--json', '--database', app.path);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ mode: 'full', after: { freeBytes: 0 } });
    expect(megabytes(app.path)).toBeLessThan(1);
    const [mode] = await inStore(app.path, (database) =>
      database.read((_manager, sql) => sql.pragma<{ auto_vacuum: number }>('auto_vacuum')),
    );
    expect(mode).toEqual({ auto_vacuum: 2 });
  });
});

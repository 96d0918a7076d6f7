import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { resolveOptions } from '../../src/common/options.schema.js';
import { AesGcmCipher } from '../../src/storage/entries/aes-gcm-cipher.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { PerformanceLogRepository } from '../../src/storage/repositories/performance-log.repository.js';
import { startCacheApp } from '../module/cache-app.js';
import { tempFolder } from '../support/temp-folder.js';
import { commandLine } from './command-line.js';
import { freshEntry, put, putPermanentRows, storeFile } from './some-store.js';

const cli = commandLine();
const HOSTILE = '\u001b[2J\u009b31m<img src=x onerror=alert(1)>\u202e\nnext';

const sample = {
  cacheType: 'sales',
  companyId: '7',
  responseTimeMs: 2,
  estimatedOracleTimeMs: 1_000,
  timeSavedMs: 998,
  username: 'ada',
};

describe('stats', () => {
  test('tells how far the warm-up of an app has come', async () => {
    const counts = { warmed: 3, fresh: 0, unidentified: 0, refused: 1, strayed: 0, overtaken: 0, failed: 0 };
    const now = Date.now();
    const report = {
      ...{ cause: 'cron', startedAt: now - 5_000, finishedAt: null, end: null, planned: 12, sourceMs: 900 },
      ...counts,
    };
    const path = await storeFile((database) =>
      new CacheConfigRepository(database).upsert('reports-cache:warm-up', JSON.stringify(report), now),
    );
    const { stdout } = await cli.run('stats', '--database', path);
    expect(stdout).toMatch(
      /^warm-up +running, begun \S+Z: 3 of 12 reports warmed, 1 refused, 4 dealt with$/m,
    );
    const json = await cli.run('stats', '--json', '--database', path);
    expect(json.report).toMatchObject({ warmUp: { state: 'running', report } });
  });

  test('tells what is stored, how heavy it is and how often it was hit today', async () => {
    const path = await storeFile(async (database) => {
      await put(database, { key: 'a', type: 'sales', bytes: Buffer.alloc(100) });
      await put(database, { key: 'b', type: 'sales', bytes: Buffer.alloc(50) });
      await put(database, { key: 'c', type: 'costs', expiresAt: 1, graceUntil: 1, bytes: Buffer.alloc(7) });
      await new CacheEntryRepository(database).recordHits([{ key: 'a', hits: 3, lastAccessed: 5 }]);
      await putPermanentRows(database, 1);
      const now = Date.now();
      await new PerformanceLogRepository(database).append([
        { ...sample, cacheHit: true, timestamp: now - 1_000 },
        { ...sample, cacheHit: true, timestamp: now - 2_000 },
        { ...sample, cacheHit: true, timestamp: now - 3_000 },
        { ...sample, cacheHit: false, timeSavedMs: null, timestamp: now - 4_000 },
        { ...sample, cacheHit: false, timestamp: now - 48 * 3_600_000 },
      ]);
    });
    const run = await cli.run('stats', '--json', '--top', '1', '--database', path);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.report).toEqual({
      database: {
        place: path,
        driver: 'sqlite',
        bytes: expect.any(Number),
        walBytes: expect.any(Number),
        freeBytes: expect.any(Number),
      },
      processes: 0,
      entries: { totalEntries: 3, activeEntries: 2, expiredEntries: 1, totalBytes: 157 },
      types: [{ type: 'sales', entries: 2, bytes: 150, hits: 3 }],
      otherTypes: 1,
      lastDay: expect.objectContaining({ hits: 3, misses: 1, hitRatio: 0.75, timeSavedMs: 2_994 }),
      rows: { watermark: 1, mapping: 1, setting: 1, config: 1, benchmark: 1 },
      warmUp: null,
    });
  });

  test('counts the apps that have the store open, and has no ratio without requests', async () => {
    const app = await startCacheApp({ clock: undefined });
    app.clock.set(Date.now());
    await app.database.write((_manager, sql) =>
      sql.run('UPDATE cache_processes SET alive_until = ?', [Date.now() + 30_000]),
    );
    const { report } = await cli.run('stats', '--json', '--database', app.path);
    expect(report).toMatchObject({ processes: 1, lastDay: { hitRatio: null } });
  });

  test('reads well, and holds nothing that a terminal would obey', async () => {
    const path = await storeFile((database) => put(database, { type: HOSTILE }));
    const { stdout } = await cli.run('stats', '--database', path);
    expect(stdout).toContain('1 (1 fresh, 0 expired)');
    expect(stdout).toContain('\\u001b[2J\\u009b31m<img');
    expect(stdout).not.toMatch(UNPRINTABLE);
  });
});

describe('entries', () => {
  const filled = () =>
    storeFile((database) =>
      put(
        database,
        { key: 'a', type: 'sales', companyId: '7', tags: ['march'], bytes: Buffer.alloc(10) },
        { key: 'b', type: 'sales', companyId: '8', tags: ['march', 'april'], bytes: Buffer.alloc(30) },
        { key: 'c', type: 'costs', companyId: '7', tags: [], bytes: Buffer.alloc(20) },
        { key: 'd', type: 'costs', companyId: null, tags: ['april'], bytes: Buffer.alloc(5) },
      ),
    );

  test.each([
    [[], ['a', 'b', 'c', 'd']],
    [
      ['--type', 'sales'],
      ['a', 'b'],
    ],
    [
      ['--company', '7'],
      ['a', 'c'],
    ],
    [
      ['--tag', 'april'],
      ['b', 'd'],
    ],
    [
      ['--tag', 'april', 'march'],
      ['a', 'b', 'd'],
    ],
    [['--key', 'c'], ['c']],
    [['--type', 'sales', '--company', '7', '--tag', 'april'], []],
  ])('are those that meet every condition of %j', async (conditions, keys) => {
    const args = [...conditions, '--sort', 'key', '--json', '--database', await filled()];
    const { report, exitCode } = await cli.run('entries', ...args);
    expect(exitCode).toBe(0);
    expect((report['entries'] as { key: string }[]).map(({ key }) => key)).toEqual(keys);
    expect(report['total']).toBe(keys.length);
  });

  test('come in the order and number that was asked for, the others counted', async () => {
    const args = ['--sort', 'size', '--limit', '2', '--json', '--database', await filled()];
    const { report } = await cli.run('entries', ...args);
    expect(report).toMatchObject({
      total: 4,
      entries: [
        { key: 'b', bytes: 30 },
        { key: 'c', bytes: 20 },
      ],
    });
  });

  test('never show their payload unless it is asked for, one at a time', async () => {
    const path = await storeFile((database) =>
      put(database, { key: 'k', bytes: Buffer.from('secret figures') }),
    );
    const listed = await cli.run('entries', '--json', '--database', path);
    expect(listed.stdout).not.toContain('payload');
    expect(await cli.run('entries', '--payload', '--database', path)).toMatchObject({
      exitCode: 2,
      stdout: '',
    });
    const { report } = await cli.run('entries', '--payload', '--key', 'k', '--json', '--database', path);
    expect(report).toMatchObject({
      entries: [{ payload: { format: 'value/1', encoding: 'utf8', data: 'secret figures' } }],
    });
  });

  test('hold nothing that a terminal would obey', async () => {
    const entry = { key: HOSTILE, type: HOSTILE, companyId: HOSTILE, tags: [HOSTILE] };
    const path = await storeFile((database) => put(database, { ...entry, bytes: Buffer.from(HOSTILE) }));
    const { stdout, exitCode } = await cli.run('entries', '--payload', '--key', HOSTILE, '--database', path);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(UNPRINTABLE);
  });

  test('an encrypted one is shown to whoever has its key, in a file of his own', async () => {
    const key = { id: 'k1', key: randomBytes(32).toString('hex') };
    const { encryption } = resolveOptions({ encryption: { keys: [key] } });
    const path = await storeFile((database) =>
      new CacheEntryRepository(database, new AesGcmCipher(encryption!.keys)).put(
        freshEntry({ key: 'k', bytes: Buffer.from('figures') }),
      ),
    );
    const keysFile = join(tempFolder(), 'keys.json');
    const run = (...more: string[]) =>
      cli.run('entries', '--payload', '--key', 'k', '--json', '--database', path, ...more);
    expect(await run()).toMatchObject({ exitCode: 3, stdout: '' });

    writeFileSync(keysFile, JSON.stringify([key]), { mode: 0o644 });
    chmodSync(keysFile, 0o644);
    expect(await run('--keys-file', keysFile)).toMatchObject({ exitCode: 3, stdout: '' });

    chmodSync(keysFile, 0o600);
    const { report } = await run('--keys-file', keysFile);
    expect(report).toMatchObject({ entries: [{ payload: { data: 'figures' } }] });

    writeFileSync(keysFile, JSON.stringify([{ ...key, id: 'k2' }]));
    expect(await run('--keys-file', keysFile)).toMatchObject({ exitCode: 3, stdout: '' });

    writeFileSync(keysFile, `[{"id":"k1","key":"${key.key.slice(1)}"}]`);
    const refused = await run('--keys-file', keysFile);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).not.toContain(key.key.slice(1));
  });
});

/** All but the newline. */
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/u;

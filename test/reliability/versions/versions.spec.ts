import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  CacheConfigService,
  CacheEntryRepository,
  PerformanceLogService,
  SchemaMappingService,
  UserCacheSettingsService,
  WatermarkService,
} from '../../../src/index.js';
import { DRIVERS, restart, startCacheApp, type CacheApp } from '../../module/cache-app.js';
import { databaseOptions, openDatabase, rowsOf } from '../../storage/open-database.js';
import { someEntry } from '../../storage/some-entry.js';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { startNewerVersion } from './newer-version.js';

const startRunningVersion = childProgram('test/reliability/versions/running-version.child.ts');

describe.each(DRIVERS)('on a file that a newer version has migrated (%s)', (type) => {
  async function startOnNewerFile(): Promise<CacheApp> {
    const app = await startCacheApp({ cache: { database: { type } } });
    await app.service.set('before', { total: 1 }, { type: 'report', companyId: 7, tags: ['ledger'] });
    await app.get(SchemaMappingService).set(7, 'erp_7');
    await startNewerVersion({ type, path: app.path, busyTimeoutMs: 5_000 });
    return restart(app, { database: { type } });
  }

  test('this version starts, and finds what is its own', async () => {
    const app = await startOnNewerFile();
    expect(await app.service.get('before')).toEqual({ total: 1 });
    expect(await app.get(SchemaMappingService).get(7)).toBe('erp_7');
    expect(app.logger.warnings).toEqual([]);
  });

  test('every operation works, and nothing of the newer version is destroyed', async () => {
    const app = await startOnNewerFile();
    await app.rows(`UPDATE cache_entries SET later = 'kept' WHERE cache_key = 'before'`);
    expect(await useEverything(app)).toEqual({ removed: 1, companies: ['7'], tagged: 1 });
    expect(await app.rows('SELECT thing FROM later_things')).toEqual([{ thing: 'precious' }]);
    expect(await app.rows(`SELECT later FROM cache_entries WHERE cache_key = 'before'`)).toEqual([
      { later: 'kept' },
    ]);
    const migrations = await app.rows<{ name: string }>('SELECT name FROM reports_cache_migrations');
    expect(migrations.map(({ name }) => name)).toContain('AddWhatComesLater9999999999999');
    expect([...app.logger.warnings, ...app.logger.errors]).toEqual([]);
  });

  test('an entry of a format not yet known is a miss, and stays for who knows it', async () => {
    const app = await startOnNewerFile();
    const now = app.clock.now();
    const entry = someEntry({ key: 'later', format: 'value/99', createdAt: now, expiresAt: now + 60_000 });
    await app.get(CacheEntryRepository).put(entry);
    expect(await app.service.get('later')).toBeUndefined();
    expect(await app.get(CacheEntryRepository).find('later')).toMatchObject({ format: 'value/99' });
    expect(await app.service.getOrSet('later', () => 'mine', { type: 'report' })).toBe('mine');
    expect(await app.service.get('later')).toBe('mine');
  });
});

test.each(DRIVERS)(
  'a newer version migrates the file while this one works on it, and no write or read of it fails (%s)',
  async (type) => {
    const options = databaseOptions(type);
    await (await openDatabase(options)).close();
    const child = startRunningVersion([type, options.path]);
    await once(child, 'message');
    await startNewerVersion(options);
    const before = await countRunning(options);
    child.send('stop');
    const [{ written, missed, errors }] = (await once(child, 'message')) as [
      { written: number; missed: number; errors: string[] },
    ];
    reportFigures(`11 migrated under load ${type}`, { written, missed, errors: errors.length });
    expect(errors).toEqual([]);
    expect(missed).toBe(0);
    expect(written).toBeGreaterThanOrEqual(20);
    expect(await countRunning(options)).toBe(written);
    expect(before).toBeLessThanOrEqual(written);
  },
);

async function countRunning(options: ReturnType<typeof databaseOptions>): Promise<number> {
  const database = await openDatabase(options);
  const [row] = await rowsOf<{ count: number }>(database, 'SELECT COUNT(*) AS count FROM cache_entries');
  await database.close();
  return row!.count;
}

/** One of each kind of operation on each table. */
async function useEverything(
  app: CacheApp,
): Promise<{ removed: number; companies: string[]; tagged: number }> {
  await app.service.set('fleeting', 1, { type: 'report', ttl: 1 });
  await app.service.set('tagged', 1, { type: 'report', companyId: 7, tags: ['march'] });
  app.clock.advance(1);
  const removed = await app.service.cleanupExpired();
  const tagged = await app.service.clearByTag('march');
  await app.get(CacheConfigService).set('theme', 'dark');
  await app.get(UserCacheSettingsService).setEnabled('alice', false);
  await app.get(WatermarkService).set(8, 'erp_8', 42);
  app.get(PerformanceLogService).log({
    type: 'report',
    companyId: '7',
    hit: true,
    responseTimeMs: 1,
    estimatedSourceTimeMs: null,
    timeSavedMs: null,
    username: 'alice',
    timestamp: app.clock.now(),
  });
  await app.get(PerformanceLogService).flush();
  await app.service.set('before', { total: 1 }, { type: 'report', companyId: 7 });
  return { removed, companies: await app.service.getCachedCompanyIds(), tagged };
}

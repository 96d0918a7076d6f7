import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CLEANUP_JOB_NAME, REPORTS_CACHE_DATA_SOURCE, ReportsCacheHealthIndicator } from '../../src/index.js';
import { tempFolder } from '../support/temp-folder.js';
import { startCacheApp, type CacheApp } from './cache-app.js';

interface Outage {
  /** What stands in the reason. */
  reason: RegExp;
  /** Where the file should have been. */
  path: string;
  mend(): void;
}

const NOT_OURS = 'dear diary, '.repeat(400);

const outages: Record<string, () => Outage> = {
  'a path that cannot be written': () => {
    const folder = join(tempFolder(), 'a-file-not-a-folder');
    writeFileSync(folder, '');
    const mend = (): void => rmSync(folder);
    return {
      reason: /cannot be opened or created .*check database\.path/,
      path: join(folder, 'c.sqlite'),
      mend,
    };
  },
};

async function expectToWorkInMemory({ service, clock }: CacheApp): Promise<void> {
  expect(await service.set('a', { n: 1 }, { type: 't', companyId: 7, ttl: 1_000 })).toBe(false);
  expect(await service.get('a')).toEqual({ n: 1 });
  const load = vi.fn(() => 'loaded');
  for (let call = 0; call < 3; call += 1) {
    expect(await service.getOrSet('b', load, { type: 't', companyId: 8, tags: ['x'] })).toBe('loaded');
  }
  expect(load).toHaveBeenCalledTimes(1);
  expect(await service.getStats()).toMatchObject({ totalEntries: 2, activeEntries: 2, memoryEntries: 2 });
  expect(await service.getCachedCompanyIds()).toEqual(['7', '8']);
  expect([await service.delete('a'), await service.delete('a')]).toEqual([true, false]);
  expect(await service.get('a')).toBeUndefined();
  expect(await service.clearByTag('x')).toBe(1);
  await service.set('c', 1, { type: 't', ttl: 1_000 });
  clock.advance(1_000);
  expect(await service.cleanupExpired()).toBe(1);
  await service.set('d', 1, { type: 't' });
  expect(await service.clear()).toBe(1);
  expect(await service.getStats()).toMatchObject({ totalEntries: 0, memoryEntries: 0 });
}

describe.each(Object.entries(outages))('with %s', (_name, makeOutage) => {
  test('the app starts, caches in memory, and one line says why', async () => {
    const outage = makeOutage();
    const app = await startCacheApp({
      imports: [ScheduleModule.forRoot()],
      cache: { database: { path: outage.path } },
    });
    await expectToWorkInMemory(app);
    await app.get(SchedulerRegistry).getCronJob(CLEANUP_JOB_NAME).fireOnTick();
    expect(app.logger.warnings).toHaveLength(1);
    expect(app.logger.warnings[0]).toMatch(outage.reason);
    expect(app.logger.errors).toEqual([]);
  });

  test('its health is degraded and says why, and the whole check does not fail', async () => {
    const outage = makeOutage();
    const app = await startCacheApp({
      imports: [TerminusModule],
      cache: { database: { path: outage.path } },
    });
    const indicator = app.get(ReportsCacheHealthIndicator);
    const checked = await app.get(HealthCheckService).check([() => indicator.isHealthy('cache')]);
    expect(checked.status).not.toBe('error');
    expect(checked.details['cache']).toMatchObject({
      status: 'degraded',
      reason: expect.stringMatching(outage.reason) as unknown,
      sqliteVersion: null,
    });
  });

  test('when the cause is gone the file is used again, without a restart', async () => {
    const outage = makeOutage();
    const app = await startCacheApp({ cache: { database: { path: outage.path } } });
    await app.service.set('during', 1, { type: 't' });
    outage.mend();
    app.clock.advance(1_000);
    expect(await app.service.set('after', 2, { type: 't' })).toBe(true);
    expect(await app.service.get('during')).toBe(1);
    expect(await app.get(ReportsCacheHealthIndicator).isHealthy('cache')).toMatchObject({
      cache: { status: 'up' },
    });
    expect(app.logger.warnings).toHaveLength(1);
    expect(await app.rows('SELECT cache_key FROM cache_entries')).toEqual([{ cache_key: 'after' }]);
  });

  test('closing is quick and quiet', async () => {
    const app = await startCacheApp({ cache: { database: { path: makeOutage().path } } });
    await app.service.set('k', 1, { type: 't' });
    await app.service.get('k');
    await app.close();
    expect(app.logger.warnings).toHaveLength(1);
  });
});

test('a file that is no database is set aside whole, and one warning says where it is', async () => {
  const path = join(tempFolder(), 'cache.sqlite');
  writeFileSync(path, NOT_OURS);
  const app = await startCacheApp({ cache: { database: { path } } });
  expect(await app.service.set('k', 1, { type: 't' })).toBe(true);
  expect(app.logger.warnings).toEqual([expect.stringContaining(`${path} was damaged`)]);
  const [evidence] = /\S+\.damaged-\d+T\d+Z/.exec(app.logger.warnings[0]!)!;
  expect(readFileSync(evidence, 'utf8')).toBe(NOT_OURS);
});

describe.each([
  ['sqlite', 'sqlite3'],
  ['better-sqlite3', 'better-sqlite3'],
] as const)('without the driver package of %s', (type, packageName) => {
  test('the app starts, caches in memory, and one line says what to install', async () => {
    const load = vi.spyOn(PlatformTools, 'load').mockImplementation((name) => {
      throw new Error(`Cannot find module '${name}'`);
    });
    onTestFinished(() => load.mockRestore());
    const app = await startCacheApp({ cache: { database: { type } } });
    await expectToWorkInMemory(app);
    expect(app.get(REPORTS_CACHE_DATA_SOURCE)).toBeNull();
    expect(app.logger.warnings).toHaveLength(1);
    expect(app.logger.warnings[0]).toContain(`npm install ${packageName}`);
    expect(await app.get(ReportsCacheHealthIndicator).isHealthy('cache')).toMatchObject({
      cache: { status: 'degraded', reason: expect.stringContaining(packageName) as unknown },
    });
  });
});

test('an outage loses nothing of what was stored before', async () => {
  const path = join(tempFolder(), 'folder', 'cache.sqlite');
  const before = await startCacheApp({ cache: { database: { path } } });
  await before.service.set('k', { total: 12 }, { type: 't', ttl: '1y' });
  await before.close();
  const stored = readFileSync(path);

  const aside = await startCacheApp({ cache: { database: { path: join(path, 'below-a-file.sqlite') } } });
  await aside.service.set('k', 'other', { type: 't' });
  await aside.close();
  expect(readFileSync(path).equals(stored)).toBe(true);

  const after = await startCacheApp({ cache: { database: { path } } });
  expect(await after.service.get('k')).toEqual({ total: 12 });
});

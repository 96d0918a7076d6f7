import { TerminusModule, HealthCheckService } from '@nestjs/terminus';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  CacheConfigService,
  CacheEntryRepository,
  ReportsCacheHealthIndicator,
  type WatermarkSource,
} from '../../src/index.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { WatermarkMonitor } from '../../src/invalidation/watermark-monitor.js';
import { Cleanup } from '../../src/maintenance/cleanup.js';
import { Gate } from '../cache/gate.js';
import { DRIVERS, loseConnection, startCacheApp, type CacheApp } from '../module/cache-app.js';
import { onPostgres } from '../support/test-store.js';

async function healthOf(app: CacheApp): Promise<Record<string, unknown>> {
  const result = await app.get(ReportsCacheHealthIndicator).isHealthy('cache');
  return result.cache as Record<string, unknown>;
}

/** Lets a second of timeouts pass, again and again, until the answer is there. */
async function withoutWaiting<T>(answer: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let settled = false;
  const answering = answer().finally(() => (settled = true));
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(50);
  }
  return answering;
}

describe.each(DRIVERS)('the health indicator on %s', (type) => {
  test('tells what the cache holds and how it is', async () => {
    const app = await startCacheApp({ cache: { database: { type } } });
    await app.service.set('k', 'x'.repeat(10_000), { type: 't' });
    expect(await healthOf(app)).toEqual({
      status: 'up',
      entries: 1,
      memoryEntries: 1,
      databaseBytes: expect.any(Number) as unknown,
      queueLength: 0,
      processes: {
        otherProcesses: 0,
        lastLookMsAgo: 0,
        maxStalenessMs: 7_200_000,
        inSight: true,
        notices: onPostgres ? (expect.any(String) as unknown) : 'none',
        dropDelay: { pollEveryMs: 3_600_000, lastMs: null, p99Ms: null, measured: 0 },
      },
      lastCleanup: null,
      ...(onPostgres
        ? { postgresVersion: expect.stringMatching(/^\d+\.\d+/) as unknown }
        : {
            walBytes: expect.any(Number) as unknown,
            sqliteVersion: expect.stringMatching(/^3\.\d+\.\d+$/) as unknown,
          }),
    });
    await app.get(Cleanup).run();
    const { lastCleanup, databaseBytes } = await healthOf(app);
    expect(lastCleanup).toBe(new Date(app.clock.now()).toISOString());
    expect(databaseBytes).toBeGreaterThan(10_000);
  });

  test('is degraded while it cannot read what others drop, and memory answers nobody', async () => {
    const app = await startCacheApp({ cache: { database: { type } } });
    await startCacheApp({ cache: { database: { type, path: app.path } }, clock: app.clock });
    await app.get(PeerWatch).catchUp();
    app.clock.advance(7_200_001);
    expect(await healthOf(app)).toMatchObject({
      status: 'degraded',
      reason: 'what other processes drop cannot be read; memory answers nobody',
      processes: { otherProcesses: 1, lastLookMsAgo: 7_200_001, inSight: false },
    });
  });

  test('really writes, and leaves nothing among the settings of the app', async () => {
    const app = await startCacheApp({ cache: { database: { type } } });
    const commits = app.database.commits;
    await healthOf(app);
    expect(app.database.commits).toBe(commits + 1);
    expect({ ...(await app.get(CacheConfigService).all()) }).toEqual({});
  });
});

describe('the health indicator', () => {
  test('is degraded when a write does not come back in time, and up again afterwards', async () => {
    const app = await startCacheApp();
    const gate = new Gate();
    gate.close();
    const blocking = app.database.write(() => gate.pass());
    await gate.reached();
    expect(await withoutWaiting(() => healthOf(app))).toMatchObject({
      status: 'degraded',
      reason: expect.stringMatching(/did not answer within 1000 ms/) as unknown,
      queueLength: 1,
    });
    gate.open();
    await blocking;
    expect(await healthOf(app)).toMatchObject({ status: 'up' });
  });

  test('answers in time although a read never does', async () => {
    const app = await startCacheApp();
    vi.spyOn(app.get(CacheEntryRepository), 'counts').mockReturnValue(new Promise(() => undefined));
    expect(await withoutWaiting(() => healthOf(app))).toMatchObject({ queueLength: 0 });
  });

  test('is up again by itself after a lost connection', async () => {
    const app = await startCacheApp();
    await loseConnection(app);
    app.clock.advance(1_000);
    expect(await healthOf(app)).toMatchObject({ status: 'up' });
  });

  test('is degraded while the watermark source cannot be asked, without the words of its error', async () => {
    let fails = true;
    const source: WatermarkSource = {
      readWatermarks: async () => {
        if (fails) throw new Error('ORA-01017: invalid password of erp/secret');
        return [];
      },
    };
    const app = await startCacheApp({ cache: { watermark: { source, every: '1h' } } });
    await app.service.set('k', 1, { type: 't', companyId: 7 });
    await app.get(WatermarkMonitor).probe();
    const health = await healthOf(app);
    expect(health).toMatchObject({ status: 'degraded', entries: 1 });
    expect(JSON.stringify(health)).toMatch(/watermark source/);
    expect(JSON.stringify(health)).not.toMatch(/secret/);
    fails = false;
    await app.get(WatermarkMonitor).probe();
    expect(await healthOf(app)).toMatchObject({ status: 'up' });
  });

  test('does not fail the health check of the app when it is degraded', async () => {
    const app = await startCacheApp({ imports: [TerminusModule] });
    await app.database.close();
    const indicator = app.get(ReportsCacheHealthIndicator);
    const result = await app.get(HealthCheckService).check([() => indicator.isHealthy('cache')]);
    expect(result.status).toBe('degraded');
    expect(result.error).toEqual({});
    expect(result.details['cache']).toHaveProperty(onPostgres ? 'postgresVersion' : 'sqliteVersion', null);
  });
});

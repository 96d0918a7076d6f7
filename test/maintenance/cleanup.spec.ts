import { describe, expect, test } from 'vitest';
import { PerformanceLogService } from '../../src/index.js';
import { ReportCache } from '../../src/cache/report-cache.js';
import { weightOf } from '../../src/storage/entries/choose-surplus.js';
import { Cleanup } from '../../src/maintenance/cleanup.js';
import { DRIVERS, restart, startCacheApp, type CacheApp } from '../module/cache-app.js';
import { onPostgres } from '../support/test-store.js';

const DAY = 24 * 3_600_000;

function logAt(app: CacheApp, timestamp: number): void {
  app.get(PerformanceLogService).log({
    type: 't',
    companyId: null,
    hit: true,
    responseTimeMs: 1,
    estimatedSourceTimeMs: null,
    timeSavedMs: null,
    username: null,
    timestamp,
  });
}

async function keysInFile(app: CacheApp): Promise<unknown[]> {
  const rows = await app.rows<{ cache_key: string }>(
    'SELECT cache_key FROM cache_entries ORDER BY cache_key',
  );
  return rows.map((row) => row.cache_key);
}

describe.each(DRIVERS)('the cleanup on %s', (type) => {
  const start = (cache = {}) => startCacheApp({ cache: { database: { type }, ...cache } });

  test('removes entries past their TTL and grace, from file and memory', async () => {
    const app = await start();
    await app.service.set('expired', 1, { type: 't', ttl: 1_000 });
    await app.service.set('in grace', 1, { type: 't', ttl: 1_000, grace: 1 });
    await app.service.set('fresh', 1, { type: 't', ttl: 1_001 });
    app.clock.advance(1_000);
    expect(await app.get(Cleanup).run()).toMatchObject({ expiredEntries: 1 });
    expect(await keysInFile(app)).toEqual(['fresh', 'in grace']);
    expect(await app.service.getStats()).toMatchObject({ memoryEntries: 2 });
  });

  test('works in batches, and goes on until nothing is left', async () => {
    const app = await start({ cleanup: { batchSize: 7 } });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => app.service.set(`k${index}`, 1, { type: 't', ttl: 1_000 })),
    );
    app.clock.advance(1_000);
    const commits = app.database.commits;
    expect(await app.get(Cleanup).run()).toMatchObject({ expiredEntries: 30 });
    expect(app.database.commits - commits).toBeGreaterThanOrEqual(5);
    expect(await app.rows('SELECT * FROM cache_payloads')).toEqual([]);
  });

  test('removes rows of the log that are older than the retention', async () => {
    const app = await start({ performance: { retention: '30d' }, cleanup: { batchSize: 3 } });
    const now = app.clock.now();
    for (let index = 1; index <= 8; index += 1) logAt(app, now - 30 * DAY - index);
    logAt(app, now - 30 * DAY);
    logAt(app, now);
    await app.get(PerformanceLogService).flush();
    expect(await app.get(Cleanup).run()).toMatchObject({ logRows: 8 });
    expect(await app.rows('SELECT timestamp FROM performance_log ORDER BY timestamp')).toEqual([
      { timestamp: now - 30 * DAY },
      { timestamp: now },
    ]);
  });

  test('leaves the newest rows of the log, as many as it may', async () => {
    const app = await start({ performance: { maxRows: 5 }, cleanup: { batchSize: 3 } });
    for (let index = 0; index < 12; index += 1) logAt(app, app.clock.now() + index);
    await app.get(PerformanceLogService).flush();
    expect(await app.get(Cleanup).run()).toMatchObject({ logRows: 7 });
    const [rows] = await app.rows('SELECT COUNT(*) AS count, MIN(timestamp) AS oldest FROM performance_log');
    expect(rows).toEqual({ count: 5, oldest: app.clock.now() + 7 });
  });

  test('evicts the least recently used beyond maxBytes, and no more than it must', async () => {
    const app = await start({ maxBytes: 5 * weightOf(910), cleanup: { batchSize: 2 } });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await app.service.set(key, 'x'.repeat(900), { type: 't' });
      app.clock.advance(1_000);
    }
    await app.service.get('a');
    await app.get(ReportCache).flushHits();
    expect(await app.get(Cleanup).run()).toMatchObject({ evictedEntries: 3, expiredEntries: 0 });
    expect(await keysInFile(app)).toEqual(['a', 'e', 'f', 'g', 'h']);
    expect(await app.get(Cleanup).run()).toMatchObject({ evictedEntries: 0 });
  });

  test.skipIf(onPostgres)(
    'gives the space back: the file shrinks and the write-ahead log is empty',
    async () => {
      const app = await start();
      for (let index = 0; index < 20; index += 1) {
        await app.service.set(`k${index}`, 'x'.repeat(100_000), { type: 't', ttl: 1_000 });
      }
      await app.get(Cleanup).run();
      const before = await app.database.sizes();
      expect(before.databaseBytes).toBeGreaterThan(2_000_000);
      expect(before.walBytes).toBe(0);
      app.clock.advance(1_000);
      await app.get(Cleanup).run();
      const after = await app.database.sizes();
      expect(after.databaseBytes).toBeLessThan(300_000);
      expect(after.walBytes).toBe(0);
    },
  );

  test('reports what it did last', async () => {
    const app = await start();
    const cleanup = app.get(Cleanup);
    expect(cleanup.lastReport).toBeUndefined();
    await app.service.set('k', 1, { type: 't', ttl: 1_000 });
    app.clock.advance(1_000);
    const report = await cleanup.run();
    expect(report).toEqual({
      finishedAt: app.clock.now(),
      expiredEntries: 1,
      evictedEntries: 0,
      logRows: 0,
    });
    expect(cleanup.lastReport).toEqual(report);
  });

  test('leaves what is stored readable, also after a restart', async () => {
    const app = await start();
    for (let index = 0; index < 20; index += 1) {
      await app.service.set(`k${index}`, index, { type: 't', ttl: index % 2 === 0 ? 1_000 : '1h' });
    }
    app.clock.advance(1_000);
    await app.get(Cleanup).run();
    const later = await restart(app, { database: { type } });
    for (let index = 1; index < 20; index += 2) expect(await later.service.get(`k${index}`)).toBe(index);
    expect(await later.service.getStats()).toMatchObject({ totalEntries: 10 });
  });
});

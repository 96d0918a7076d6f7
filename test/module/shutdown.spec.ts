import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BenchmarkService, PerformanceLogService, ReportsCacheHealthIndicator } from '../../src/index.js';
import { childProgram } from '../support/child-process.js';
import { onPostgres } from '../support/test-store.js';
import { DRIVERS, restart, startCacheApp } from './cache-app.js';

const startHolder = childProgram('test/reliability/store-faults/lock-holder.child.ts');

const sample = {
  type: 't',
  companyId: '7',
  hit: false,
  responseTimeMs: 5,
  estimatedSourceTimeMs: 5,
  timeSavedMs: 0,
  username: null,
  timestamp: 1,
};

describe.each(DRIVERS)('closing the app on %s', (type) => {
  const cache = { database: { type } };

  test('writes hits, log and benchmarks, in one transaction', async () => {
    const app = await startCacheApp({ cache });
    await app.service.set('k', 1, { type: 't' });
    await app.service.get('k');
    app.get(PerformanceLogService).log(sample);
    app.get(BenchmarkService).record('t', 40);
    const commits = app.database.commits;
    const later = await restart(app, cache);
    // On PostgreSQL the listener is closed before the process signs off, which then has a transaction of its own.
    expect(app.database.commits - commits).toBe(onPostgres ? 2 : 1);
    expect(await later.rows('SELECT hit_count FROM cache_entries')).toEqual([{ hit_count: 1 }]);
    expect(await later.rows('SELECT cache_type FROM performance_log')).toEqual([{ cache_type: 't' }]);
    expect(await later.get(BenchmarkService).get('t')).toEqual({ avgTimeMs: 40, sampleCount: 1 });
  });

  test('waits for fills that are under way', async () => {
    const app = await startCacheApp({ cache });
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => app.service.getOrSet(key, () => key, { type: 't' })));
    const later = await restart(app, cache);
    expect(await later.service.getStats()).toMatchObject({ totalEntries: 50 });
  });

  test('twice is fine', async () => {
    const app = await startCacheApp({ cache });
    await app.service.set('k', 1, { type: 't' });
    await app.close();
    await app.close();
    await app.database.close();
    expect(app.logger.errors).toEqual([]);
    expect(existsSync(`${app.path}-wal`)).toBe(false);
  });

  test.skipIf(onPostgres)('does not wait for ever for a file that another process holds', async () => {
    const app = await startCacheApp({ cache: { database: { type, busyTimeout: '1h' } } });
    const holder = startHolder([app.path]);
    await once(holder, 'message');
    app.get(PerformanceLogService).log(sample);
    await app.close();
    holder.send('let go');
    await once(holder, 'exit');
    expect(app.logger.warnings.join()).toContain('did not take its last writes within 5 s');
  });

  test('leaves a cache that misses instead of failing', async () => {
    const app = await startCacheApp({ cache: { ...cache, memory: false } });
    await app.service.set('k', 1, { type: 't' });
    await app.close();
    expect(await app.service.get('k')).toBeUndefined();
    expect(await app.service.getOrSet('k', () => 'loaded', { type: 't' })).toBe('loaded');
    expect(await app.service.set('k', 1, { type: 't' })).toBe(false);
    expect(await app.get(ReportsCacheHealthIndicator).isHealthy('cache')).toMatchObject({
      cache: { status: 'degraded' },
    });
  });
});

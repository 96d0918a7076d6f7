import { describe, expect, test } from 'vitest';
import { ReportCache } from '../../src/cache/report-cache.js';
import type { CacheApp } from '../module/cache-app.js';
import { startCacheApp } from '../module/cache-app.js';
import { loseConnection } from '../module/cache-app.js';

const T = { type: 't', ttl: '1h' } as const;

function counts(app: CacheApp): Promise<unknown[]> {
  return app.rows('SELECT cache_key, hit_count, last_accessed FROM cache_entries ORDER BY cache_key');
}

describe('hits', () => {
  test('are written together, when they are flushed', async () => {
    const app = await startCacheApp();
    const storedAt = app.clock.now();
    await app.service.set('a', 1, T);
    await app.service.set('b', 1, T);
    const commits = app.database.commits;
    app.clock.advance(1_000);
    for (let hit = 0; hit < 3; hit += 1) await app.service.get('a');
    app.clock.advance(1_000);
    await app.service.getOrSet('b', () => 2, T);
    expect(await counts(app)).toEqual([
      { cache_key: 'a', hit_count: 0, last_accessed: storedAt },
      { cache_key: 'b', hit_count: 0, last_accessed: storedAt },
    ]);
    await app.get(ReportCache).flushHits();
    expect(await counts(app)).toEqual([
      { cache_key: 'a', hit_count: 3, last_accessed: storedAt + 1_000 },
      { cache_key: 'b', hit_count: 1, last_accessed: storedAt + 2_000 },
    ]);
    expect(app.database.commits).toBe(commits + 1);
  });

  test('that were flushed are not counted again', async () => {
    const app = await startCacheApp();
    await app.service.set('a', 1, T);
    await app.service.get('a');
    await app.get(ReportCache).flushHits();
    await app.get(ReportCache).flushHits();
    expect(await counts(app)).toMatchObject([{ hit_count: 1 }]);
  });

  test('stay counted while they cannot be written', async () => {
    const app = await startCacheApp();
    await app.service.set('a', 1, T);
    await app.service.get('a');
    await loseConnection(app);
    await app.database.close();
    await app.get(ReportCache).flushHits();
    await app.service.get('a');
    await app.database.open();
    await app.get(ReportCache).flushHits();
    expect(await counts(app)).toMatchObject([{ hit_count: 2 }]);
  });

  test('are flushed every flushEvery', async () => {
    const app = await startCacheApp({ cache: { performance: { flushEvery: 5 } } });
    await app.service.set('a', 1, T);
    await app.service.get('a');
    await expect.poll(() => counts(app), { interval: 5, timeout: 10_000 }).toMatchObject([{ hit_count: 1 }]);
  });

  test('of keys that are gone are passed over', async () => {
    const app = await startCacheApp();
    await app.service.set('a', 1, T);
    await app.service.get('a');
    await app.service.delete('a');
    await app.get(ReportCache).flushHits();
    expect(await counts(app)).toEqual([]);
  });
});

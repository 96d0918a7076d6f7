import { describe, expect, test, vi } from 'vitest';
import type { JobTurns } from '../../src/common/job-turns.js';
import { JOB_TURNS } from '../../src/common/tokens.js';
import { Heartbeat } from '../../src/cluster/heartbeat.js';
import { CacheEntryRepository, type CompanyWatermark, type WatermarkSource } from '../../src/index.js';
import { HealthSampler } from '../../src/maintenance/health-sampler.js';
import { RollupService } from '../../src/performance/rollup.service.js';
import { WatermarkMonitor } from '../../src/invalidation/watermark-monitor.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { look, sharedStore, startDeaf, startTwo, STORES } from './shared-store.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const turns = (app: CacheApp): JobTurns => app.get(JOB_TURNS);
const claim = (app: CacheApp) => turns(app).claim('sweep', MINUTE);
const leases = (app: CacheApp) => app.rows('SELECT cache_key FROM cache_leases');

/** Both stay alive while time passes. */
async function pass(milliseconds: number, ...alive: readonly CacheApp[]): Promise<void> {
  const clock = alive[0]!.clock;
  for (let left = milliseconds; left > 0; left -= 10 * SECOND) {
    clock.advance(Math.min(left, 10 * SECOND));
    for (const app of alive) await app.get(Heartbeat).beat();
  }
}

describe.each(STORES)('a job of two processes on one store (%s)', (store) => {
  test('is done by the one that asked first, for as long as it asks again', async () => {
    const { one, two } = await startTwo(store);
    expect([await claim(one), await claim(two)]).toEqual(['ours', 'theirs']);
    await pass(MINUTE, one, two);
    expect([await claim(two), await claim(one)]).toEqual(['theirs', 'ours']);
    await pass(MINUTE, one, two);
    expect([await claim(two), await claim(one)]).toEqual(['theirs', 'ours']);
  });

  test('is done by one, although that has not looked since the other came', async () => {
    const database = sharedStore(store);
    const one = await startDeaf({ cache: { database, processes: { pollEvery: '1h' } } });
    const two = await startDeaf({ cache: { database, processes: { pollEvery: '1h' } }, clock: one.clock });
    expect([await claim(two), await claim(one)]).toEqual(['ours', 'theirs']);
  });

  test('is taken over when its process died, once that counts as dead', async () => {
    const { one, two } = await startTwo(store);
    await claim(one);
    await pass(20 * SECOND, two);
    expect(await claim(two)).toBe('theirs');
    await pass(10 * SECOND, two);
    expect(await claim(two)).toBe('ours');
  });

  test('is taken over when its process lives and has not asked again for a minute after its time', async () => {
    const { one, two } = await startTwo(store);
    await claim(one);
    await pass(2 * MINUTE - SECOND, one, two);
    expect(await claim(two)).toBe('theirs');
    await pass(SECOND, one, two);
    expect(await claim(two)).toBe('ours');
  });

  test('is taken over at once when its process closed or handed it on', async () => {
    const { one, two, startNext } = await startTwo(store);
    await claim(one);
    turns(one).handOn('sweep');
    await one.service.set('fence', 1, { type: 'fence' });
    expect([await claim(two), await claim(one)]).toEqual(['ours', 'theirs']);
    const three = await startNext();
    await two.close();
    expect([await claim(three), await claim(one)]).toEqual(['ours', 'theirs']);
  });

  test('is nothing that another job waits for', async () => {
    const { one, two } = await startTwo(store);
    await claim(one);
    expect(await turns(two).claim('count', MINUTE)).toBe('ours');
  });
});

describe.each(STORES)('three processes on one store (%s)', (store) => {
  async function startThree(cache: Parameters<typeof startTwo>[1] = {}) {
    const { one, two, startNext } = await startTwo(store, cache);
    const three = await startNext();
    await look(two);
    return [one, two, three];
  }

  test('sum the log up in one of them', async () => {
    const apps = await startThree();
    const runs = apps.map((app) => vi.spyOn(app.get(RollupService), 'rollUpSettled'));
    for (let round = 0; round < 3; round += 1)
      for (const app of apps) await app.get(RollupService).rollUpInTurn(10 * SECOND);
    expect(runs.map((run) => run.mock.calls.length)).toEqual([3, 0, 0]);
  });

  test('sum the log up in another one, where the first fails', async () => {
    const [one, two] = await startThree();
    vi.spyOn(one!.get(RollupService), 'rollUpSettled').mockRejectedValue(new Error('no room'));
    const run = vi.spyOn(two!.get(RollupService), 'rollUpSettled');
    await expect(one!.get(RollupService).rollUpInTurn(10 * SECOND)).rejects.toThrow('no room');
    await one!.service.set('fence', 1, { type: 'fence' });
    await two!.get(RollupService).rollUpInTurn(10 * SECOND);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('note how the cache is in one of them', async () => {
    const apps = await startThree();
    const runs = apps.map((app) => vi.spyOn(app.get(HealthSampler), 'sample'));
    for (const app of apps) await app.get(HealthSampler).sampleInTurn();
    expect(runs.map((run) => run.mock.calls.length)).toEqual([1, 0, 0]);
  });

  test('that all find the store too full remove together what is too much, and no more', async () => {
    const MIB = 1024 * 1024;
    const apps = await startThree({ maxBytes: 4 * MIB, maxCompanyShare: 1, memory: false });
    const [one] = apps;
    const bytes = Buffer.alloc(10 * 1024);
    // The bound is set lower for the removal alone, so that nothing goes before.
    for (let key = 0; key < 300; key += 1) await one!.service.set(`k${key}`, bytes, { type: 'sales' });
    const bounds = { maxBytes: 2 * MIB, maxCompanyBytes: 2 * MIB };
    const evict = (app: CacheApp): Promise<number> =>
      app.get(CacheEntryRepository).evictSurplus(bounds, 1_000);
    await Promise.all(apps.map(evict));
    const [left] = (await one!.rows(
      'SELECT COUNT(*) AS entries, SUM(byte_size) AS bytes FROM cache_entries',
    )) as [{ entries: number; bytes: number }];
    const weight = left.bytes + left.entries * 1_024;
    expect(weight).toBeLessThanOrEqual(2 * MIB);
    expect(weight).toBeGreaterThan(2 * MIB - 12 * 1024);
  });
});

test('a process that is alone does every job, and takes no lease for it', async () => {
  const app = await startCacheApp();
  const commits = app.database.commits;
  expect(await claim(app)).toBe('ours');
  turns(app).handOn('sweep');
  expect(await leases(app)).toEqual([]);
  expect(app.database.commits).toBe(commits);
});

test('whose turn it is cannot be known while the file cannot be used', async () => {
  const { one } = await startTwo('sqlite');
  await one.database.close();
  expect(await claim(one)).toBe('unknown');
});

describe.each(STORES)('the books of two processes on one store (%s)', (store) => {
  /** What a source tells, and how often it was asked. */
  class Books implements WatermarkSource {
    watermark = 1;
    changedTags: readonly string[] | undefined;
    asked = 0;

    readWatermarks(companyIds: readonly string[]): Promise<CompanyWatermark[]> {
      this.asked += 1;
      const { watermark, changedTags } = this;
      return Promise.resolve(
        companyIds.map((companyId) => ({
          companyId,
          schema: 'ACME',
          watermark,
          ...(changedTags && { changedTags }),
        })),
      );
    }
  }

  async function startOnBooks() {
    const books = new Books();
    const { one, two } = await startTwo(store, { watermark: { source: books, every: '1h' } });
    return { books, one, two };
  }

  const probe = (app: CacheApp): Promise<void> => app.get(WatermarkMonitor).probe();
  const march = { type: 'sales', companyId: 7, tags: ['march'] };
  const april = { type: 'sales', companyId: 7, tags: ['april'] };

  test('are asked by one, and what it finds leaves the memory of both', async () => {
    const { books, one, two } = await startOnBooks();
    await one.service.set('k', 1, march);
    await Promise.all([probe(one), probe(two)]);
    expect(books.asked).toBe(1);
    await one.service.set('k', 1, march);
    await look(two);
    expect(await two.service.get('k')).toBe(1);
    books.watermark += 1;
    one.clock.advance(1);
    await Promise.all([probe(one), probe(two)]);
    await Promise.all([look(one), look(two)]);
    expect([await one.service.get('k'), await two.service.get('k')]).toEqual([undefined, undefined]);
  });

  test('are known to whoever takes over as the last one saw them', async () => {
    const { books, one, two } = await startOnBooks();
    for (const watermark of [1, 2]) {
      await one.service.set('k', 1, march);
      books.watermark = watermark;
      one.clock.advance(1);
      await probe(one);
      await probe(two);
    }
    await one.service.set('k', 1, march);
    await one.close();
    two.clock.advance(1);
    await probe(two);
    expect(books.asked).toBe(3);
    expect(await two.service.get('k')).toBe(1);
  });

  test('are not believed to have told all that changed to whoever takes over', async () => {
    const { books, one, two } = await startOnBooks();
    await two.service.set('march', 1, march);
    await probe(two);
    turns(two).handOn('watermarks');
    await two.service.set('march', 1, march);
    await two.service.set('april', 1, april);
    two.clock.advance(1);
    await probe(one);
    await probe(two);
    await one.close();
    Object.assign(books, { watermark: 2, changedTags: ['april'] });
    two.clock.advance(1);
    await probe(two);
    expect([await two.service.get('march'), await two.service.get('april')]).toEqual([undefined, undefined]);
  });

  test('are asked by both while their file cannot be used', async () => {
    const { books, one, two } = await startOnBooks();
    await one.service.set('k', 1, march);
    await probe(one);
    await one.service.set('k', 1, march);
    await two.service.get('k');
    for (const app of [one, two]) await app.database.close();
    const { asked } = books;
    await Promise.all([probe(one), probe(two)]);
    expect(books.asked).toBe(asked + 2);
  });
});

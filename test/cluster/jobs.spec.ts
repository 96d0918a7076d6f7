import { describe, expect, test } from 'vitest';
import type { JobTurns } from '../../src/common/job-turns.js';
import { JOB_TURNS } from '../../src/common/tokens.js';
import { Heartbeat } from '../../src/cluster/heartbeat.js';
import type { CompanyWatermark, WatermarkSource } from '../../src/index.js';
import { WatermarkMonitor } from '../../src/invalidation/watermark-monitor.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { look, startTwo, STORES } from './shared-store.js';

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
    await probe(one);
    await look(two);
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

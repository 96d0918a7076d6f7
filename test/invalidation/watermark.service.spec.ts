import { describe, expect, test } from 'vitest';
import {
  CacheWatermarkRepository,
  type CompanyWatermark,
  type Watermark,
  type WatermarkSource,
  WatermarkService,
} from '../../src/index.js';
import { Gate } from '../cache/gate.js';
import { heldSource } from '../cache/held-source.js';
import { DRIVERS, restart, startCacheApp, type CacheApp } from '../module/cache-app.js';

/** Books that a test writes, and that count how often they are asked. */
class Books implements WatermarkSource {
  readonly asked: (readonly string[])[] = [];
  readonly answering = new Gate();
  answers: CompanyWatermark[] = [];

  async readWatermarks(companyIds: readonly string[]): Promise<readonly CompanyWatermark[]> {
    this.asked.push(companyIds);
    const answers = this.answers.filter(({ companyId }) => companyIds.includes(String(companyId)));
    await this.answering.pass();
    return answers;
  }

  write(companyId: string, watermark: Watermark, changedTags?: readonly string[]): void {
    const others = this.answers.filter((answer) => answer.companyId !== companyId);
    this.answers = [...others, { companyId, schema: 'ACME', watermark, changedTags }];
  }
}

async function startWithBooks(type: (typeof DRIVERS)[number] = 'sqlite') {
  const books = new Books();
  const cache = { database: { type }, watermark: { source: books, every: '1h' } } as const;
  const app = await startCacheApp({ cache });
  return { app, books, cache, service: app.service, watermarks: app.get(WatermarkService) };
}

async function fillLedger({ service }: CacheApp): Promise<void> {
  await service.set('ledger 7', 1, { type: 'ledger', companyId: 7, tags: ['march'] });
  await service.set('orders 7', 1, { type: 'orders', companyId: 7, tags: ['april'] });
  await service.set('ledger 8', 1, { type: 'ledger', companyId: 8 });
  await service.set('rates', 1, { type: 'rates' });
}

async function keysOf({ service }: CacheApp): Promise<string[]> {
  const keys = ['ledger 7', 'orders 7', 'ledger 8', 'rates'];
  const values = await Promise.all(keys.map((key) => service.get(key)));
  return keys.filter((_key, index) => values[index] !== undefined);
}

const ALL = ['ledger 7', 'orders 7', 'ledger 8', 'rates'];
const WITHOUT_7 = ['ledger 8', 'rates'];

describe.each(DRIVERS)('watermarks on %s', (type) => {
  test.each<[string, Watermark]>([
    ['a number', 12],
    ['a number below zero', -1],
    ['a bigint beyond 2^53', 9_007_199_254_740_993n],
    ['a text', '2026-03-31 23:59'],
    ['a date', new Date(Date.UTC(2026, 2, 31))],
    ['null', null],
    ['a tuple', [100, 5n, new Date(0), 'x', null]],
  ])('%s comes back as it was set, also after a restart', async (_what, watermark) => {
    const { app, cache, watermarks } = await startWithBooks(type);
    expect(await watermarks.set(7, 'ACME', watermark)).toBe(true);
    expect(await watermarks.set(7, 'ACME', watermark)).toBe(false);
    const later = await restart(app, cache);
    expect((await later.get(WatermarkService).get(7))?.maxIdAct).toEqual(watermark);
    expect(await later.get(WatermarkService).set(7, 'ACME', watermark)).toBe(false);
  });

  test('what one check learns of a hundred companies shares a few commits', async () => {
    const { app, books, watermarks } = await startWithBooks(type);
    const companies = Array.from({ length: 100 }, (_, company) => String(company));
    await Promise.all(
      companies.map((companyId) => app.service.set(`of ${companyId}`, 1, { type: 'ledger', companyId })),
    );
    for (const company of companies) books.write(company, 1);
    await watermarks.check();
    const before = app.database.commits;
    await watermarks.check();
    expect(app.database.commits - before).toBeLessThan(10);
    expect(await watermarks.get('99')).toMatchObject({ schema: 'ACME', maxIdAct: 1 });
  });

  test('a change drops the entries of the company, and of nobody else, for good', async () => {
    const { app, cache, watermarks } = await startWithBooks(type);
    await watermarks.set(7, 'ACME', 100);
    await fillLedger(app);
    expect(await watermarks.set(7, 'ACME', 101)).toBe(true);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
    expect(await keysOf(await restart(app, cache))).toEqual(WITHOUT_7);
  });

  test('no change drops nothing', async () => {
    const { app, watermarks } = await startWithBooks(type);
    await watermarks.set(7, 'ACME', 100);
    await fillLedger(app);
    app.clock.advance(1_000);
    expect(await watermarks.set(7, 'ACME', 100)).toBe(false);
    expect(await keysOf(app)).toEqual(ALL);
    expect(await watermarks.get(7)).toMatchObject({ checkedAt: app.clock.now() });
  });
});

describe('what counts as a change', () => {
  test.each<[string, Watermark, string]>([
    ['a lower value: the books were restored', 99, 'ACME'],
    ['another schema', 100, 'ACME_RESTORED'],
    ['another kind of value', '100', 'ACME'],
    ['a tuple of the same value', [100], 'ACME'],
    ['null', null, 'ACME'],
  ])('%s', async (_what, watermark, schema) => {
    const { app, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 100);
    await fillLedger(app);
    expect(await watermarks.set(7, schema, watermark)).toBe(true);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: watermark, schema });
  });

  test('the first sight of a company: nobody knows how old its entries are', async () => {
    const { app, watermarks } = await startWithBooks();
    await fillLedger(app);
    expect(await watermarks.set(7, 'ACME', 100)).toBe(true);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
  });

  test('what happened to the books while the app was down', async () => {
    const { app, books, cache, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 100);
    await fillLedger(app);
    const later = await restart(app, cache);
    books.write('7', 101);
    expect(await later.get(WatermarkService).check(7)).toEqual(['7']);
    expect(await keysOf(later)).toEqual(WITHOUT_7);
  });
});

describe('check', () => {
  test('asks once for all companies with live entries, and for no others', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await fillLedger(app);
    await app.service.set('dead', 1, { type: 't', companyId: 9, ttl: 1 });
    app.clock.advance(1);
    books.write('7', 1);
    books.write('8', 1);
    await watermarks.check();
    expect(books.asked).toEqual([['7', '8']]);
  });

  test('asks for one company when it is told so', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await fillLedger(app);
    books.write('7', 1);
    expect(await watermarks.check(7)).toEqual(['7']);
    expect(books.asked).toEqual([['7']]);
  });

  test('asks nobody while nothing is cached', async () => {
    const { books, watermarks } = await startWithBooks();
    expect(await watermarks.check()).toEqual([]);
    expect(books.asked).toEqual([]);
  });

  test('answers which companies changed', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    await watermarks.set(8, 'ACME', 1);
    await fillLedger(app);
    books.write('7', 1);
    books.write('8', 2);
    expect(await watermarks.check()).toEqual(['8']);
    expect(await keysOf(app)).toEqual(['ledger 7', 'orders 7', 'rates']);
  });

  test('drops only entries with a changed tag where the source names them', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    await fillLedger(app);
    books.write('7', 2, ['march', 'february']);
    expect(await watermarks.check()).toEqual(['7']);
    expect(await keysOf(app)).toEqual(['orders 7', 'ledger 8', 'rates']);
  });

  test('drops all of a company it sees for the first time, whatever tags the source names', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await fillLedger(app);
    books.write('7', 2, ['march']);
    await watermarks.check(7);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
  });

  test('passes on what the source throws, and drops nothing', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await fillLedger(app);
    const error = new Error('ORA-12541');
    books.readWatermarks = () => Promise.reject(error);
    await expect(watermarks.check()).rejects.toBe(error);
    expect(await keysOf(app)).toEqual(ALL);
  });

  test('without a source says how to give one', async () => {
    const watermarks = (await startCacheApp()).get(WatermarkService);
    await expect(watermarks.check(7)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('notices the changes of all companies although one answer is none', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await watermarks.set(8, 'ACME', 1);
    await fillLedger(app);
    books.readWatermarks = () =>
      Promise.resolve([
        { companyId: '7', schema: '', watermark: 1 },
        { companyId: '8', schema: 'ACME', watermark: 2 },
      ]);
    await expect(watermarks.check()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await keysOf(app)).toEqual(['ledger 7', 'orders 7', 'rates']);
  });
});

describe('a watermark that was noted by a clock an hour ahead', () => {
  const HOUR = 3_600_000;

  test.each(DRIVERS)(
    'is unknown: the company is dropped once, and the next change is seen (%s)',
    async (type) => {
      const { app, books, watermarks } = await startWithBooks(type);
      await app
        .get(CacheWatermarkRepository)
        .upsert({ companyId: '7', schema: 'ACME', maxIdAct: '1', checkedAt: app.clock.now() + HOUR });
      await fillLedger(app);
      books.write('7', 1);
      expect(await watermarks.check(7)).toEqual(['7']);
      expect(await keysOf(app)).toEqual(WITHOUT_7);
      expect(await watermarks.get(7)).toMatchObject({ checkedAt: app.clock.now() });
      await fillLedger(app);
      app.clock.advance(1);
      expect(await watermarks.check(7)).toEqual([]);
      books.write('7', 2);
      app.clock.advance(1);
      expect(await watermarks.check(7)).toEqual(['7']);
    },
  );

  test('is unknown as well when it was this process whose clock has been set right since', async () => {
    const { app, watermarks } = await startWithBooks();
    app.clock.advance(HOUR);
    await watermarks.set(7, 'ACME', 1);
    app.clock.advance(-HOUR);
    expect(await watermarks.set(7, 'ACME', 2)).toBe(true);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: 2 });
  });

  test('of a second ahead is believed: clocks are never quite the same', async () => {
    const { app, books, watermarks } = await startWithBooks();
    const ahead = { companyId: '7', schema: 'ACME', maxIdAct: '1', checkedAt: app.clock.now() + 1_000 };
    await app.get(CacheWatermarkRepository).upsert(ahead);
    await fillLedger(app);
    books.write('7', 1);
    expect(await watermarks.check(7)).toEqual([]);
    expect(await keysOf(app)).toEqual(ALL);
  });
});

describe('a late answer', () => {
  test('of an earlier question changes nothing', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    books.write('7', 2);
    app.clock.advance(1);
    books.answering.close();
    const early = watermarks.check(7);
    await books.answering.reached();
    app.clock.advance(1);
    await watermarks.set(7, 'ACME', 3);
    await fillLedger(app);
    books.answering.open();
    expect(await early).toEqual([]);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: 3 });
    expect(await keysOf(app)).toEqual(ALL);
  });

  test('that comes right behind the newer one does not become the last seen', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    const answer: ((watermark: Watermark) => void)[] = [];
    books.readWatermarks = () =>
      new Promise((resolve) => {
        answer.push((watermark) => resolve([{ companyId: '7', schema: 'ACME', watermark }]));
      });
    app.clock.advance(1);
    const early = watermarks.check(7);
    app.clock.advance(1);
    const late = watermarks.check(7);
    await expect.poll(() => answer.length, { interval: 1, timeout: 10_000 }).toBe(2);
    answer[1]?.(3);
    answer[0]?.(2);
    expect([await early, await late]).toEqual([[], ['7']]);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: 3 });
    await fillLedger(app);
    app.clock.advance(1);
    expect(await watermarks.set(7, 'ACME', 2)).toBe(true);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
  });
});

describe('a load', () => {
  test('that began before a change was seen is stored nowhere', async () => {
    const { app, cache, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    const source = heldSource('old books');
    const answer = app.service.getOrSet('k', source.load, { type: 't', companyId: 7 });
    await source.started();
    await watermarks.set(7, 'ACME', 2);
    source.finish();
    expect(await answer).toBe('old books');
    expect(await app.service.get('k')).toBeUndefined();
    expect(await (await restart(app, cache)).service.get('k')).toBeUndefined();
  });
});

describe('while the file cannot be used', () => {
  test('changes are noticed all the same', async () => {
    const { app, books, watermarks } = await startWithBooks();
    await app.database.close();
    await fillLedger(app);
    books.write('7', 1);
    books.write('8', 1);
    expect(await watermarks.check()).toEqual(['7', '8']);
    await fillLedger(app);
    app.clock.advance(1);
    expect(await watermarks.check()).toEqual([]);
    books.write('7', 2);
    app.clock.advance(1);
    expect(await watermarks.check()).toEqual(['7']);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
  });
});

describe('another process that noticed the change first', () => {
  test('does not keep this one from dropping what its memory has', async () => {
    const { app, watermarks, cache } = await startWithBooks();
    const other = await startCacheApp({
      clock: app.clock,
      cache: { ...cache, database: { ...cache.database, path: app.path } },
    });
    await watermarks.set(7, 'ACME', 1);
    await fillLedger(app);
    expect(await keysOf(app)).toEqual(ALL);
    app.clock.advance(1);
    await other.get(WatermarkService).set(7, 'ACME', 2);
    app.clock.advance(1);
    await watermarks.set(7, 'ACME', 2);
    expect(await keysOf(app)).toEqual(WITHOUT_7);
    expect(await app.get(CacheWatermarkRepository).find('7')).toMatchObject({ maxIdAct: '2' });
  });
});

describe('an argument that is wrong', () => {
  test.each([
    ['no company', (watermarks: WatermarkService) => watermarks.get('')],
    ['no schema', (watermarks: WatermarkService) => watermarks.set(7, '', 1)],
    ['no watermark', (watermarks: WatermarkService) => watermarks.set(7, 'ACME', undefined as never)],
    ['NaN for a watermark', (watermarks: WatermarkService) => watermarks.set(7, 'ACME', NaN)],
    ['an object for a watermark', (watermarks: WatermarkService) => watermarks.set(7, 'ACME', {} as never)],
    [
      'an invalid date for a watermark',
      (watermarks: WatermarkService) => watermarks.set(7, 'ACME', new Date(NaN)),
    ],
  ])('(%s) is refused, and nothing is dropped', async (_what, call) => {
    const { app, watermarks } = await startWithBooks();
    await watermarks.set(7, 'ACME', 1);
    await fillLedger(app);
    await expect(call(watermarks)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await keysOf(app)).toEqual(ALL);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: 1 });
  });
});

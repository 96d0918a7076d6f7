import { CompanyShares } from '../../src/cache/company-shares.js';
import type { MemoryEntry } from '../../src/cache/memory-entry.js';
import { describe, expect, test, vi } from 'vitest';
import { startCacheApp } from '../module/cache-app.js';
import { startObstructedApp } from './obstructed-entries.js';

const T = { type: 't' };

interface Report {
  rows: { account: string; amount: number }[];
  booked: Date;
  totals: Map<string, number>;
}

const report: Report = {
  rows: [
    { account: '4000', amount: 2 },
    { account: '1000', amount: 1 },
  ],
  booked: new Date(0),
  totals: new Map([['all', 3]]),
};

describe('what comes out of memory', () => {
  test('is shared, and whoever tries to change it gets a TypeError', async () => {
    const { service } = await startCacheApp();
    await service.set('k', report, T);
    const found = (await service.get<Report>('k'))!;
    expect(await service.get('k')).toBe(found);
    expect(() => found.rows.sort((a, b) => a.amount - b.amount)).toThrow(TypeError);
    expect(() => (found.rows[0]!.amount = 0)).toThrow(TypeError);
    expect(() => found.booked.setFullYear(1999)).toThrow(TypeError);
    expect(() => found.totals.clear()).toThrow(TypeError);
    expect(await service.get('k')).toEqual(report);
  });

  test('is not changed by who set it or loaded it', async () => {
    const { service } = await startCacheApp();
    const mine = structuredClone(report);
    await service.set('set', mine, T);
    await service.getOrSet('loaded', () => mine, T);
    mine.rows.pop();
    expect(await service.get('set')).toEqual(report);
    expect(await service.get('loaded')).toEqual(report);
  });

  test('is frozen for who loaded it as for who finds it', async () => {
    const { service } = await startCacheApp();
    const loaded = await service.getOrSet('k', () => structuredClone(report), T);
    expect(() => loaded.rows.pop()).toThrow(TypeError);
    expect(await service.getOrSet('k', () => structuredClone(report), T)).toBe(loaded);
  });

  test('is a copy for each caller where it holds bytes', async () => {
    const { service } = await startCacheApp();
    await service.set('k', { pdf: Buffer.from('abc') }, T);
    const first = (await service.get<{ pdf: Buffer }>('k'))!;
    first.pdf.fill(0);
    expect((await service.get<{ pdf: Buffer }>('k'))?.pdf.toString()).toBe('abc');
  });
});

describe('the memory tier', () => {
  test('holds no more entries than it may, the least recently used go first', async () => {
    const { service, entries } = await startObstructedApp({ cache: { memory: { maxEntries: 3 } } });
    for (const key of ['a', 'b', 'c']) await service.set(key, key, T);
    await service.get('a');
    await service.set('d', 'd', T);
    expect(await service.getStats()).toMatchObject({ memoryEntries: 3, totalEntries: 4 });
    expect([await service.get('a'), await service.get('c'), await service.get('d')]).toEqual(['a', 'c', 'd']);
    expect(entries.finds).toBe(0);
    expect(await service.get('b')).toBe('b');
    expect(entries.finds).toBe(1);
  });

  test('holds no more bytes than it may', async () => {
    const { service } = await startCacheApp({ cache: { memory: { maxBytes: '10kb' } } });
    for (let index = 0; index < 20; index += 1) await service.set(`k${index}`, 'x'.repeat(1_500), T);
    const { memoryBytes, memoryEntries, totalEntries } = await service.getStats();
    expect(memoryBytes).toBeLessThanOrEqual(10 * 1024);
    expect(memoryEntries).toBeGreaterThan(3);
    expect(totalEntries).toBe(20);
  });

  test('leaves an entry larger than itself to the file', async () => {
    const { service } = await startCacheApp({ cache: { memory: { maxBytes: '1kb' } } });
    await service.set('small', 'x', T);
    await service.set('large', 'x'.repeat(5_000), T);
    expect(await service.getStats()).toMatchObject({ memoryEntries: 1, totalEntries: 2 });
    expect(await service.get('large')).toHaveLength(5_000);
  });

  test('does not keep the old value of a key whose new one is too large for it', async () => {
    const { service } = await startCacheApp({ cache: { memory: { maxBytes: '1kb' } } });
    await service.set('k', 'old', T);
    await service.set('k', 'x'.repeat(5_000), T);
    expect(await service.get('k')).toHaveLength(5_000);
  });

  test('can be switched off', async () => {
    const { service, entries } = await startObstructedApp({ cache: { memory: false } });
    await service.set('k', 1, T);
    for (let read = 0; read < 3; read += 1) expect(await service.get('k')).toBe(1);
    expect(entries.finds).toBe(3);
    expect(await service.getStats()).toMatchObject({ memoryEntries: 0, memoryBytes: 0, totalEntries: 1 });
  });

  test('answers a hit without asking the file', async () => {
    const { service, entries } = await startObstructedApp();
    const load = vi.fn(() => 'loaded');
    for (let read = 0; read < 10; read += 1) await service.getOrSet('k', load, T);
    expect(entries.finds).toBe(1);
  });
});

describe('admission to a full memory tier', () => {
  const start = (cache = {}) => startObstructedApp({ cache: { memory: { maxEntries: 3 }, ...cache } });

  test('a key that comes for the first time displaces nothing, and is answered from the file', async () => {
    const { service, entries } = await start();
    for (const key of ['a', 'b', 'c']) await service.set(key, key, T);
    expect(await service.getOrSet('once', () => 'loaded', T)).toBe('loaded');
    entries.finds = 0;
    for (const key of ['a', 'b', 'c']) expect(await service.get(key)).toBe(key);
    expect(entries.finds).toBe(0);
    expect(await service.get('once')).toBe('loaded');
  });

  test('the second request lets it in', async () => {
    const { service, entries } = await start();
    for (const key of ['a', 'b', 'c']) await service.set(key, key, T);
    const load = vi.fn(() => 'loaded');
    for (let request = 0; request < 2; request += 1) await service.getOrSet('twice', load, T);
    entries.finds = 0;
    expect(await service.getOrSet('twice', load, T)).toBe('loaded');
    expect(entries.finds).toBe(0);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('while the file is out too', async () => {
    const { service, entries } = await start();
    for (const key of ['a', 'b', 'c']) await service.set(key, key, T);
    entries.obstacle = 'throws';
    const load = vi.fn(() => 'loaded');
    for (let request = 0; request < 5; request += 1) await service.getOrSet('k', load, T);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('callers of a key that is not let in share one load', async () => {
    const { service } = await start();
    for (const key of ['a', 'b', 'c']) await service.set(key, key, T);
    const load = vi.fn(() => 'loaded');
    await Promise.all(Array.from({ length: 20 }, () => service.getOrSet('k', load, T)));
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('a new answer takes the place of the old one of its key', async () => {
    const { service, clock, entries } = await start();
    for (const key of ['a', 'b', 'k']) await service.set(key, 'old', { ...T, ttl: 1_000 });
    clock.advance(1_000);
    await service.getOrSet('k', () => 'new', T);
    entries.finds = 0;
    expect(await service.get('k')).toBe('new');
    expect(entries.finds).toBe(0);
  });
});

describe("one company's share of the memory tier", () => {
  async function fill(
    { service }: Awaited<ReturnType<typeof startCacheApp>>,
    companyId: number,
    count: number,
  ): Promise<void> {
    for (let index = 0; index < count; index += 1)
      await service.set(`${companyId}/${index}`, index, { type: 't', companyId });
  }

  test('is all of it while nobody else needs room', async () => {
    const app = await startCacheApp({ cache: { memory: { maxEntries: 10 } } });
    await fill(app, 7, 100);
    expect(await app.service.getStats()).toMatchObject({ memoryEntries: 10 });
  });

  test('keeps one that has used it up from displacing others', async () => {
    const app = await startObstructedApp({ cache: { memory: { maxEntries: 10 }, maxCompanyShare: 0.5 } });
    await fill(app, 8, 5);
    await fill(app, 7, 100);
    app.entries.finds = 0;
    for (let index = 0; index < 5; index += 1) expect(await app.service.get(`8/${index}`)).toBe(index);
    expect(app.entries.finds).toBe(0);
    expect(await app.service.get('7/99')).toBe(99);
    expect(app.entries.finds).toBe(0);
  });

  test('counts bytes as well as entries', async () => {
    const app = await startObstructedApp({ cache: { memory: { maxBytes: '20kb' }, maxCompanyShare: 0.5 } });
    await fill(app, 8, 10);
    for (let index = 0; index < 50; index += 1)
      await app.service.set(`7/${index}`, 'x'.repeat(1_000), { type: 't', companyId: 7 });
    app.entries.finds = 0;
    for (let index = 0; index < 10; index += 1) expect(await app.service.get(`8/${index}`)).toBe(index);
    expect(app.entries.finds).toBe(0);
    expect((await app.service.getStats()).memoryBytes).toBeLessThanOrEqual(20 * 1024);
  });

  test('counts what an entry has grown by, and gives it back with the entry', () => {
    const shares = new CompanyShares({ entries: 10, bytes: 100 });
    const entry = { companyId: '7' } as MemoryEntry;
    shares.added(entry, 40);
    shares.removed(entry);
    shares.added(entry, 100);
    expect(shares.isUsedUp('7')).toBe(true);
    shares.removed(entry);
    expect(shares.isUsedUp('7')).toBe(false);
    shares.added(entry, 99);
    expect(shares.isUsedUp('7')).toBe(false);
  });

  test('is given back with what is dropped', async () => {
    const app = await startObstructedApp({ cache: { memory: { maxEntries: 10 }, maxCompanyShare: 0.5 } });
    await fill(app, 7, 10);
    await app.service.clearByCompany(7);
    await fill(app, 8, 6);
    await fill(app, 7, 5);
    app.entries.finds = 0;
    for (let index = 0; index < 5; index += 1) expect(await app.service.get(`7/${index}`)).toBe(index);
    expect(app.entries.finds).toBe(0);
  });
});

import { describe, expect, test, vi } from 'vitest';
import { restart } from '../module/cache-app.js';
import { sizedByStore } from '../support/test-store.js';
import { startObstructedApp } from './obstructed-entries.js';

const LEDGER = { type: 'ledger', companyId: 7, tags: ['postings'] };
// The store that works must answer within it on a busy machine as well.
const storeTimeout = sizedByStore({ file: 500, server: 1_000 });
const options = { cache: { memory: false as const, storeTimeout } };

describe('a store that', () => {
  test.each([
    { obstacle: 'throws', then: 'stored' },
    // What hangs on its way into the file is newer than what is there.
    { obstacle: 'hangs', then: 'loaded' },
  ] as const)('$obstacle is a miss, and the source answers', async ({ obstacle, then }) => {
    const { service, entries } = await startObstructedApp(options);
    await service.set('k', 'stored', LEDGER);
    entries.obstacle = obstacle;
    expect(await service.get('k')).toBeUndefined();
    expect(await service.getOrSet('k', () => 'loaded', LEDGER)).toBe('loaded');
    entries.obstacle = 'none';
    expect(await service.get('k')).toBe(then);
  });

  test.each(['throws', 'hangs'] as const)('%s leaves memory at work', async (obstacle) => {
    const { service, entries } = await startObstructedApp({ cache: { storeTimeout } });
    entries.obstacle = obstacle;
    const load = vi.fn(() => 'loaded');
    for (let call = 0; call < 3; call += 1) {
      expect(await service.getOrSet('k', load, LEDGER)).toBe('loaded');
    }
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('fails five times in a row is not asked again before a second has passed', async () => {
    const { service, entries, clock } = await startObstructedApp(options);
    await service.set('k', 'stored', LEDGER);
    entries.obstacle = 'throws';
    for (let call = 0; call < 20; call += 1) await service.get('k');
    expect(entries.finds).toBe(5);
    entries.obstacle = 'none';
    clock.advance(999);
    expect(await service.get('k')).toBeUndefined();
    expect(entries.finds).toBe(5);
    clock.advance(1);
    expect(await service.get('k')).toBe('stored');
    expect(await service.get('k')).toBe('stored');
    expect(entries.finds).toBe(7);
  });

  test('still fails after the second is tried by one caller a second', async () => {
    const { service, entries, clock } = await startObstructedApp(options);
    entries.obstacle = 'throws';
    for (let call = 0; call < 5; call += 1) await service.get('k');
    clock.advance(1_000);
    await Promise.all(Array.from({ length: 10 }, () => service.get('k')));
    expect(entries.finds).toBe(6);
  });

  test('fails now and then is asked every time', async () => {
    const { service, entries } = await startObstructedApp(options);
    for (let round = 0; round < 6; round += 1) {
      entries.obstacle = 'throws';
      for (let call = 0; call < 4; call += 1) await service.get('k');
      entries.obstacle = 'none';
      await service.get('k');
    }
    expect(entries.finds).toBe(30);
  });
});

describe('an invalidation that the store could not carry out', () => {
  test.each([
    ['delete', (service: { delete(key: string): Promise<boolean> }) => service.delete('k')],
    ['clear', (service: { clear(): Promise<number> }) => service.clear()],
    ['clearByTag', (service: { clearByTag(tag: string): Promise<number> }) => service.clearByTag('postings')],
  ])('(%s) is carried out before anything it covers is read again', async (name, drop) => {
    const app = await startObstructedApp(options);
    await app.service.set('k', 'old books', LEDGER);
    await app.service.set('other', 'kept', { type: 'other' });
    app.entries.obstacle = 'throws';
    await drop(app.service);
    app.entries.obstacle = 'none';
    expect(await app.service.get('k')).toBeUndefined();
    expect(await app.service.get('other')).toBe(name === 'clear' ? undefined : 'kept');
    await expect
      .poll(() => app.rows(`SELECT cache_key FROM cache_entries WHERE cache_key = 'k'`), {
        interval: 5,
        timeout: 10_000,
      })
      .toEqual([]);
    expect(await app.service.set('k', 'new books', LEDGER)).toBe(true);
    expect(await app.service.get('k')).toBe('new books');
  });

  test('is carried out before the app closes, although nobody read what it covers', async () => {
    const app = await startObstructedApp(options);
    await app.service.set('k', 'old books', LEDGER);
    app.entries.obstacle = 'throws';
    await app.service.clearByCompany(7);
    app.entries.obstacle = 'none';
    expect(await (await restart(app)).service.get('k')).toBeUndefined();
  });

  test('a thousand times is remembered as one that drops everything', async () => {
    const app = await startObstructedApp(options);
    await app.service.set('k', 'old books', LEDGER);
    await app.service.set('other', 'also dropped', { type: 'other' });
    app.entries.obstacle = 'throws';
    for (let call = 0; call <= 1_000; call += 1) await app.service.delete(`k${call}`);
    app.entries.obstacle = 'none';
    expect([await app.service.get('k'), await app.service.get('other')]).toEqual([undefined, undefined]);
  });
});

describe('many invalidations that the store could not carry out', () => {
  test('of one key are remembered as one', async () => {
    const app = await startObstructedApp(options);
    await app.service.set('k', 'old books', LEDGER);
    await app.service.set('other', 'kept', { type: 'other' });
    app.entries.obstacle = 'throws';
    for (let call = 0; call <= 2_000; call += 1) await app.service.delete('k');
    app.entries.obstacle = 'none';
    expect([await app.service.get('k'), await app.service.get('other')]).toEqual([undefined, 'kept']);
  });

  test('of more than a hundred tags hide every row until they are made up for, and then only theirs go', async () => {
    const app = await startObstructedApp(options);
    await app.service.set('other', 'kept', { type: 'other' });
    app.entries.obstacle = 'throws';
    for (let call = 0; call <= 100; call += 1) await app.service.clearByTag(`tag-${call}`);
    app.entries.obstacle = 'none';
    expect(await app.service.get('other')).toBeUndefined();
    await expect.poll(() => app.service.get('other'), { interval: 5, timeout: 10_000 }).toBe('kept');
  });
});

describe('a set that the store could not carry out', () => {
  test('says so, and is read from memory', async () => {
    const { service, entries } = await startObstructedApp();
    entries.obstacle = 'throws';
    expect(await service.set('k', 'new books', LEDGER)).toBe(false);
    expect(await service.get('k')).toBe('new books');
  });

  test('leaves no older value to be read from the file afterwards', async () => {
    const app = await startObstructedApp(options);
    await app.service.set('k', 'old books', LEDGER);
    app.entries.obstacle = 'throws';
    await app.service.set('k', 'new books', LEDGER);
    app.entries.obstacle = 'none';
    expect(await app.service.get('k')).toBeUndefined();
    expect(await (await restart(app)).service.get('k')).toBeUndefined();
  });
});

test('an acknowledged set survives a removal of the same key that was still under way', async () => {
  const app = await startObstructedApp();
  await app.service.set('k', 'old books', LEDGER);
  const dropping = app.service.delete('k');
  const reading = app.service.get('k');
  const setting = app.service.set('k', 'new books', LEDGER);
  await Promise.all([dropping, reading]);
  expect(await setting).toBe(true);
  expect(await (await restart(app)).service.get('k')).toBe('new books');
});

test('a store that takes no writes is still read', async () => {
  const { service, entries } = await startObstructedApp(options);
  await service.set('k', 'stored', LEDGER);
  entries.obstacle = 'throws';
  for (let call = 0; call < 6; call += 1) await service.set(`k${call}`, 'new', LEDGER);
  entries.obstacle = 'none';
  expect(await service.get('k')).toBe('stored');
});

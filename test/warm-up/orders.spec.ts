import { describe, expect, it } from 'vitest';
import { WarmUpOrders } from '../../src/warm-up/warm-up-orders.js';
import { CacheConfigRepository } from '../../src/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { openStore, storeFile } from '../cli/some-store.js';
import { onPostgres } from '../support/test-store.js';
import { startBooksApp, type BooksAppOptions } from './books-app.js';

/** Orders of another process on the app's file, by the app's clock. */
async function startOrderedApp(options: BooksAppOptions = {}) {
  const app = await startBooksApp('express', options);
  const database = app.app.get(CacheConfigRepository, { strict: false });
  const orders = new WarmUpOrders(database, app.clock);
  return { ...app, orders };
}

describe('an order of another process', () => {
  it('is done by an app that runs, which says how it ended', async () => {
    const { orders, ask, expire, books } = await startOrderedApp();
    await ask('rates');
    await ask('balance?companyId=7&period=2026-03');
    expire();
    const order = await orders.place({ companyId: '7' });
    await expect
      .poll(async () => (await orders.find(order!.id))?.order)
      .toMatchObject({
        state: 'ended',
        report: { cause: 'command', end: 'completed', planned: 1, warmed: 1 },
      });
    expect(books.runs).toEqual(['balance 7 2026-03']);
  });

  it('is heard of while it runs, and ended by a word of another process', async () => {
    const { orders, ask, expire, books } = await startOrderedApp();
    await ask('rates');
    expire();
    books.gate = new Promise(() => undefined);
    const order = await orders.place({});
    await expect
      .poll(async () => (await orders.find(order!.id))?.order)
      .toMatchObject({
        state: 'taken',
        report: { planned: 1, end: null },
      });
    await orders.tellToCancel();
    await expect
      .poll(async () => (await orders.find(order!.id))?.order)
      .toMatchObject({
        state: 'ended',
        report: { end: 'cancelled' },
      });
  });

  it('is answered also when it finds nothing to do', async () => {
    const { orders } = await startOrderedApp();
    const order = await orders.place({});
    await expect
      .poll(async () => (await orders.find(order!.id))?.order)
      .toMatchObject({
        state: 'ended',
        report: { end: 'completed', planned: 0 },
      });
  });

  // The order is looked for in the app's file, when the app has ended.
  it.skipIf(onPostgres)('is answered as cancelled by an app that ends meanwhile', async () => {
    const path = await storeFile();
    const { app, orders, ask, expire, books } = await startOrderedApp({ cache: { database: { path } } });
    await ask('rates');
    expire();
    books.gate = new Promise(() => undefined);
    const order = await orders.place({});
    await expect.poll(() => books.runs).toHaveLength(1);
    await app.close();
    const later = new WarmUpOrders(new CacheConfigRepository(await openStore(path)), new ManualClock());
    expect((await later.find(order!.id))?.order).toMatchObject({ report: { end: 'cancelled' } });
  });
});

describe('orders', () => {
  const START = 1_000_000;

  async function onOneStore() {
    const database = await openStore(await storeFile());
    const clock = new ManualClock(START);
    const desk = () => new WarmUpOrders(new CacheConfigRepository(database), clock);
    return { clock, one: desk(), other: desk(), another: desk() };
  }

  it('are taken by one process alone', async () => {
    const { one, other, another } = await onOneStore();
    await one.place({});
    const taken = await Promise.all([other.take(), another.take()]);
    expect(taken.filter((order) => order !== undefined)).toHaveLength(1);
  });

  it('come one at a time, until the last has ended or is lost', async () => {
    const { one, other, clock } = await onOneStore();
    expect(await one.place({ type: 'a' })).toMatchObject({ state: 'open' });
    expect(await other.place({ type: 'b' })).toBeUndefined();
    clock.advance(30_001);
    const order = await other.place({ type: 'b' });
    expect(order).toMatchObject({ selection: { type: 'b' } });
    await other.note({ ...order!, state: 'ended' });
    expect(await one.place({ type: 'c' })).toMatchObject({ selection: { type: 'c' } });
  });

  it('that nobody took in time are taken by nobody', async () => {
    const { one, other, clock } = await onOneStore();
    await one.place({});
    clock.advance(30_001);
    expect(await other.take()).toBeUndefined();
  });

  it('can be withdrawn until they are taken', async () => {
    const { one, other } = await onOneStore();
    const order = await one.place({});
    expect(await one.withdraw(order!)).toBe(true);
    expect(await other.take()).toBeUndefined();
    const next = await one.place({});
    await other.take();
    expect(await one.withdraw(next!)).toBe(false);
  });

  it('to cancel are heeded once by each of the others, and by nobody who came later', async () => {
    const { one, other, another } = await onOneStore();
    expect([await one.isToldToCancel(), await other.isToldToCancel()]).toEqual([false, false]);
    await one.tellToCancel();
    expect([await one.isToldToCancel(), await other.isToldToCancel()]).toEqual([false, true]);
    expect([await other.isToldToCancel(), await another.isToldToCancel()]).toEqual([false, false]);
  });
});

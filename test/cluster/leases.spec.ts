import { describe, expect, test } from 'vitest';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { type CacheApp, type Driver, DRIVERS, startCacheApp } from '../module/cache-app.js';
import { heldLoad } from './held-load.js';

const options = { type: 'sales' };
const cache = { processes: { pollEvery: '1h' } } as const;

async function startTwo(type: Driver = 'sqlite') {
  const one = await startCacheApp({ cache: { ...cache, database: { type } } });
  const two = await startNext(one, type);
  return { one, two };
}

/** One more on the same file and clock; both know of one another. */
async function startNext(one: CacheApp, type: Driver = 'sqlite'): Promise<CacheApp> {
  const next = await startCacheApp({
    cache: { ...cache, database: { type, path: one.path } },
    clock: one.clock,
  });
  await one.get(PeerWatch).catchUp();
  return next;
}

const leases = (app: CacheApp) => app.rows('SELECT cache_key FROM cache_leases');

describe.each(DRIVERS)('a key that is cold in two processes (%s)', (driver) => {
  test('is loaded by one, and the other has its answer', async () => {
    const { one, two } = await startTwo(driver);
    const load = heldLoad('answer');
    const first = one.service.getOrSet('k', load.run, options);
    await load.began;
    const second = two.service.getOrSet('k', load.run, options);
    load.finish();
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
    expect(load.runs).toBe(1);
    await expect.poll(() => leases(one)).toEqual([]);
  });

  test('is loaded by both when its answer is not stored', async () => {
    const { one, two } = await startTwo(driver);
    const load = heldLoad(undefined);
    const first = one.service.getOrSet('k', load.run, options);
    await load.began;
    const second = two.service.getOrSet('k', load.run, options);
    load.finish();
    expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
    expect(load.runs).toBe(2);
  });

  test('is loaded by the other when the first fails', async () => {
    const { one, two } = await startTwo(driver);
    const load = heldLoad(undefined);
    const failing = one.service.getOrSet(
      'k',
      () => load.run().then(() => Promise.reject(new Error('no books'))),
      options,
    );
    await load.began;
    const second = two.service.getOrSet('k', () => 'answer', options);
    load.finish();
    await expect(failing).rejects.toThrow('no books');
    expect(await second).toBe('answer');
  });
});

test('a lease that nobody renews any more is taken over', async () => {
  const { one, two } = await startTwo();
  await two.database.write((_manager, sql) =>
    sql.run('INSERT INTO cache_leases VALUES (?, ?, ?)', ['k', 'a dead process', two.clock.now() + 5_000]),
  );
  const waiting = one.service.getOrSet('k', () => 'answer', options);
  const alsoWaiting = two.service.getOrSet('k', () => 'answer', options);
  one.clock.advance(5_000);
  expect(await Promise.all([waiting, alsoWaiting])).toEqual(['answer', 'answer']);
});

test('a load that its own process overtook does not keep the next one waiting', async () => {
  const { one } = await startTwo();
  const overtaken = heldLoad('old');
  const first = one.service.getOrSet('k', overtaken.run, options);
  await overtaken.began;
  await one.service.delete('k');
  expect(await one.service.getOrSet('k', () => 'new', options)).toBe('new');
  overtaken.finish();
  expect(await first).toBe('old');
  expect(await one.service.get('k')).toBe('new');
});

test('a process that is alone takes no lease', async () => {
  const app = await startCacheApp({ cache });
  const load = heldLoad('answer');
  const loading = app.service.getOrSet('k', load.run, options);
  await load.began;
  expect(await leases(app)).toEqual([]);
  expect(app.database.commits).toBe(1); // It joined.
  load.finish();
  await loading;
});

test('a process whose last neighbour left is alone', async () => {
  const { one, two } = await startTwo();
  await two.close();
  await one.get(PeerWatch).catchUp();
  const load = heldLoad('answer');
  const loading = one.service.getOrSet('k', load.run, options);
  await load.began;
  expect(await leases(one)).toEqual([]);
  load.finish();
  await loading;
});

test('a store that takes no writes delays a load by its timeout at the most', async () => {
  const app = await startCacheApp({ cache: { ...cache, storeTimeout: '20ms' } });
  await startNext(app);
  const longWrite = heldLoad(undefined);
  const writing = app.database.write(longWrite.run);
  expect(await app.service.getOrSet('k', () => 'answer', options)).toBe('answer');
  longWrite.finish();
  await writing;
});

import { describe, expect, test } from 'vitest';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { heldLoad } from './held-load.js';
import { startTwo, STORES } from './shared-store.js';

const options = { type: 'sales' };
const cache = { processes: { pollEvery: '1h' } } as const;

const leases = (app: CacheApp) => app.rows('SELECT cache_key FROM cache_leases');

describe.each(STORES)('a key that is cold in two processes (%s)', (store) => {
  test('is loaded by one, and the other has its answer', async () => {
    const { one, two } = await startTwo(store);
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
    const { one, two } = await startTwo(store);
    const load = heldLoad(undefined);
    const first = one.service.getOrSet('k', load.run, options);
    await load.began;
    const second = two.service.getOrSet('k', load.run, options);
    load.finish();
    expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
    expect(load.runs).toBe(2);
  });

  test('is loaded by the other when the first fails', async () => {
    const { one, two } = await startTwo(store);
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
  const { one, two } = await startTwo('sqlite');
  await two.database.write((_manager, sql) =>
    sql.run('INSERT INTO cache_leases VALUES (?, ?, ?)', ['k', 'a dead process', two.clock.now() + 5_000]),
  );
  const waiting = one.service.getOrSet('k', () => 'answer', options);
  const alsoWaiting = two.service.getOrSet('k', () => 'answer', options);
  one.clock.advance(5_000);
  expect(await Promise.all([waiting, alsoWaiting])).toEqual(['answer', 'answer']);
});

test('a load that its own process overtook does not keep the next one waiting', async () => {
  const { one } = await startTwo('sqlite');
  const overtaken = heldLoad('old');
  const first = one.service.getOrSet('k', overtaken.run, options);
  await overtaken.began;
  await one.service.delete('k');
  expect(await one.service.getOrSet('k', () => 'new', options)).toBe('new');
  overtaken.finish();
  expect(await first).toBe('old');
  expect(await one.service.get('k')).toBe('new');
});

test('the end of a load that was overtaken is not the end of the lease of the load after it', async () => {
  const { one, two } = await startTwo('sqlite');
  const overtaken = heldLoad('old');
  const first = one.service.getOrSet('k', overtaken.run, options);
  await overtaken.began;
  await one.service.delete('k');
  const next = heldLoad('new');
  const second = one.service.getOrSet('k', next.run, options);
  await next.began;
  overtaken.finish();
  await first;
  await one.service.set('fence', 1, options);
  expect(await leases(one)).toEqual([{ cache_key: 'k' }]);
  const waiting = two.service.getOrSet('k', next.run, options);
  next.finish();
  expect(await Promise.all([second, waiting])).toEqual(['new', 'new']);
  expect(next.runs).toBe(1);
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
  const { one, two } = await startTwo('sqlite');
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
  const { one: app } = await startTwo('sqlite', { storeTimeout: '20ms' });
  const longWrite = heldLoad(undefined);
  const writing = app.database.write(longWrite.run);
  expect(await app.service.getOrSet('k', () => 'answer', options)).toBe('answer');
  longWrite.finish();
  await writing;
});

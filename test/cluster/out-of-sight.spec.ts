import { describe, expect, test, vi } from 'vitest';
import { StoreTier } from '../../src/cache/store-tier.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { StoreUnavailableError } from '../../src/common/errors.js';
import { CacheEntryRepository, CacheProcessRepository } from '../../src/index.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { look, sharedStore, startTwo, STORES } from './shared-store.js';

const STALENESS = 60_000;
/** How long after a server is back others may take to make up for what they dropped meanwhile. */
const SETTLE = 2_000;
const options = { type: 'sales', ttl: '1d' } as const;
const processes = { pollEvery: '1m', maxStaleness: STALENESS } as const;

/** From now on the app cannot read who there is, until the returned function is called. */
function blind(app: CacheApp): () => void {
  const census = vi.spyOn(app.get(CacheProcessRepository), 'census');
  census.mockRejectedValue(new Error('no connection'));
  return () => census.mockRestore();
}

function loseEntries(app: CacheApp): void {
  vi.spyOn(app.get(CacheEntryRepository), 'find').mockRejectedValue(new Error('no connection'));
}

describe.each(STORES)('a process that cannot read what others dropped (%s)', (store) => {
  const isServer = store === 'postgres';

  test('answers from memory until the bound, and after it from a file, but not from a server', async () => {
    const { one, two } = await startTwo(store, { processes });
    await one.service.set('k', 'old', options);
    blind(one);
    await two.service.set('k', 'new', options);
    one.clock.advance(STALENESS);
    await look(one);
    expect(await one.service.get('k')).toBe('old');
    one.clock.advance(1);
    expect(await one.service.get('k')).toBe(isServer ? undefined : 'new');
  });

  test('answers from the source when it cannot read the file either, and runs it for each', async () => {
    const { one } = await startTwo(store, { processes });
    await one.service.set('k', 'old', options);
    blind(one);
    loseEntries(one);
    one.clock.advance(STALENESS + 1);
    expect(await one.service.get('k')).toBeUndefined();
    expect(await one.service.getOrSet('k', () => 'from the source', options)).toBe('from the source');
    expect(await one.service.getOrSet('k', () => 'again', options)).toBe('again');
  });

  test('covers no failing source with what is in its memory past its time', async () => {
    const { one } = await startTwo(store, { processes });
    await one.service.set('k', 'old', { ...options, ttl: 1, grace: '1d' });
    blind(one);
    loseEntries(one);
    const fail = (): Promise<never> => Promise.reject(new Error('no books'));
    one.clock.advance(STALENESS);
    expect(await one.service.getOrSet('k', fail, { ...options, grace: '1d' })).toBe('old');
    one.clock.advance(1);
    await expect(one.service.getOrSet('k', fail, { ...options, grace: '1d' })).rejects.toThrow('no books');
  });

  test('answers from memory again once it could look, without what was dropped meanwhile', async () => {
    const { one, two } = await startTwo(store, { processes });
    for (const key of ['kept', 'dropped']) await one.service.set(key, 'old', options);
    const see = blind(one);
    await two.service.delete('dropped');
    one.clock.advance(STALENESS + 1);
    await look(one);
    expect(one.get(PeerWatch).health).toMatchObject({ inSight: false, lastLookMsAgo: STALENESS + 1 });
    see();
    await look(one);
    if (isServer) one.clock.advance(SETTLE);
    loseEntries(one);
    expect([await one.service.get('kept'), await one.service.get('dropped')]).toEqual(['old', undefined]);
    expect(one.get(PeerWatch).health).toMatchObject({ inSight: true, lastLookMsAgo: isServer ? SETTLE : 0 });
  });
});

test.each(STORES)(
  'a process that was alone on its store when it lost it answers from memory only if that is a file (%s)',
  async (store) => {
    const one = await startCacheApp({ cache: { processes, database: sharedStore(store) } });
    await one.service.set('k', 'old', options);
    blind(one);
    loseEntries(one);
    one.clock.advance(10 * STALENESS);
    await look(one);
    expect(await one.service.get('k')).toBe(store === 'postgres' ? undefined : 'old');
  },
);

test.runIf(STORES.includes('postgres'))(
  'a process that could not look believes neither memory nor server until others had the time to make up for their drops',
  async () => {
    const { one, two } = await startTwo('postgres', { processes });
    await two.service.set('k', 'old', options);
    expect(await one.service.get('k')).toBe('old');
    const see = blind(one);
    await look(one);
    // What the other one drops now can be neither removed nor noted, and is made up for later.
    const remove = vi.spyOn(two.get(CacheEntryRepository), 'remove');
    remove.mockRejectedValue(new StoreUnavailableError('no connection'));
    await two.service.delete('k');
    see();
    await look(one);
    expect(await one.service.get('k')).toBeUndefined();
    one.clock.advance(SETTLE - 1);
    expect(await one.service.get('k')).toBeUndefined();
    remove.mockRestore();
    await two.get(StoreTier).retryRemovals();
    one.clock.advance(1);
    await look(one);
    expect(one.get(PeerWatch).inSight).toBe(true);
    expect(await one.service.get('k')).toBeUndefined();
  },
);

test.runIf(STORES.includes('postgres'))(
  'what could not be dropped at first is made up for although nobody asks for anything',
  async () => {
    const { one, two } = await startTwo('postgres', { processes });
    await one.service.set('k', 'old', options);
    const remove = vi.spyOn(two.get(CacheEntryRepository), 'remove');
    remove.mockRejectedValueOnce(new StoreUnavailableError('no connection'));
    await two.service.delete('k');
    await expect.poll(() => one.rows('SELECT cache_key FROM cache_entries')).toEqual([]);
  },
);

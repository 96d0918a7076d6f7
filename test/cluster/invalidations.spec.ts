import { describe, expect, test } from 'vitest';
import { StoreTier } from '../../src/cache/store-tier.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { heldLoad } from './held-load.js';
import { type CacheApp, DRIVERS, startCacheApp } from '../module/cache-app.js';
import { look, startTwo, STORES } from './shared-store.js';

const options = { type: 'sales', companyId: 7, tags: ['march'] };

describe.each(STORES)('two processes on one store (%s)', (store) => {
  test.each<[string, (app: CacheApp) => Promise<unknown>]>([
    ['a key', ({ service }) => service.delete('k')],
    ['a company', ({ service }) => service.clearByCompany(7)],
    ['a type', ({ service }) => service.clearByType('sales')],
    ['a tag', ({ service }) => service.clearByTag('march')],
    ['everything', ({ service }) => service.clear()],
    ['the data of a company', ({ service }) => service.purgeCompany(7)],
  ])('what one drops by %s goes from the memory of the other when it looks', async (_what, drop) => {
    const { one, two } = await startTwo(store);
    await one.service.set('k', 1, options);
    await two.service.get('k');
    await drop(one);
    await look(two);
    expect(await two.service.getStats()).toMatchObject({ memoryEntries: 0 });
  });

  test('a value that one replaces goes from the memory of the other', async () => {
    const { one, two } = await startTwo(store);
    await one.service.set('k', 'old', options);
    expect(await two.service.get('k')).toBe('old');
    await one.service.set('k', 'new', options);
    await look(two);
    expect(await two.service.get('k')).toBe('new');
  });

  test('its own drops and values cost a process nothing of its memory', async () => {
    const { one } = await startTwo(store);
    await one.service.delete('k');
    await one.service.set('k', 1, options);
    await one.service.set('k', 2, options);
    await look(one);
    expect(await one.service.getStats()).toMatchObject({ memoryEntries: 1 });
  });

  test('a load that began before another process dropped its entry answers its callers and is not stored', async () => {
    const { one, two } = await startTwo(store);
    const load = heldLoad('old');
    const loading = one.service.getOrSet('k', load.run, options);
    await load.began;
    await two.service.clearByCompany(7);
    load.finish();
    expect(await loading).toBe('old');
    expect(await two.service.get('k')).toBeUndefined();
    await one.service.set('fence', 1, { type: 'fence' });
    expect(await one.service.get('k')).toBeUndefined();
  });

  test('a drop that failed at first covers a load that another process had begun before it', async () => {
    const { one, two } = await startTwo(store);
    const load = heldLoad('old');
    const loading = one.service.getOrSet('k', load.run, options);
    await load.began;
    const entries = two.get(CacheEntryRepository);
    entries.remove = () => Promise.reject(new Error('the server is starting'));
    await two.service.clearByCompany(7);
    Reflect.deleteProperty(entries, 'remove');
    one.clock.advance(1);
    load.finish();
    await loading;
    await one.service.set('fence', 1, { type: 'fence' });
    await two.get(StoreTier).retryRemovals();
    await look(one);
    expect(await one.service.get('k')).toBeUndefined();
  });

  test('a load that began before another process set its value does not overwrite it', async () => {
    const { one, two } = await startTwo(store);
    const load = heldLoad('old');
    const loading = one.service.getOrSet('k', load.run, options);
    await load.began;
    await two.service.set('k', 'new', options);
    load.finish();
    await loading;
    await one.service.set('fence', 1, { type: 'fence' });
    expect(await one.service.get('k')).toBe('new');
  });

  test('a load that another process dropped something else during is stored', async () => {
    const { one, two } = await startTwo(store);
    const load = heldLoad('old');
    const loading = one.service.getOrSet('k', load.run, options);
    await load.began;
    await two.service.clearByCompany(8);
    load.finish();
    await loading;
    await one.service.set('fence', 1, { type: 'fence' });
    expect(await two.service.get('k')).toBe('old');
  });

  test('a process that was taken for dead empties its memory, and stores nothing that began before', async () => {
    const { one, two } = await startTwo(store);
    const load = heldLoad('old');
    await one.service.set('k', 'old', options);
    const loading = one.service.getOrSet('loaded', load.run, options);
    await load.began;
    await two.database.write((_manager, sql) =>
      sql.run('DELETE FROM cache_processes WHERE process_id = ?', [one.database.processId]),
    );
    await two.service.set('k', 'new', options);
    await two.service.clearByTag('march');
    load.finish();
    await loading;
    await one.service.set('fence', 1, { type: 'fence' });
    expect(await two.service.get('loaded')).toBeUndefined();
    await look(one);
    expect(await one.service.get('k')).toBeUndefined();
  });

  test.each([
    [
      'it is behind by more than is kept',
      'DELETE FROM cache_invalidations WHERE id < (SELECT MAX(id) FROM cache_invalidations)',
    ],
    ['the file is another one', `UPDATE cache_invalidations SET origin = 'of another file'`],
    ['the file is an older one', 'UPDATE cache_invalidations SET id = -id'],
  ])('a process empties its memory when %s', async (_when, statement) => {
    const { one, two } = await startTwo(store);
    await one.service.set('k', 1, options);
    await two.service.set('l', 1, options);
    await two.database.write((_manager, sql) => sql.run(statement));
    await look(one);
    expect(await one.service.getStats()).toMatchObject({ memoryEntries: 0 });
  });

  test('a process that closes is not told any more, whoever still asks it for something', async () => {
    const { one, two } = await startTwo(store);
    await two.get(PeerWatch).stop();
    await two.service.getOrSet('k', () => 1, options);
    await look(two);
    expect(await one.rows('SELECT process_id FROM cache_processes')).toEqual([
      { process_id: one.database.processId },
    ]);
  });

  test('how long a drop took to be seen is told by health, in milliseconds of the store', async () => {
    const { one, two } = await startTwo(store);
    const { dropDelay } = two.get(PeerWatch).health;
    expect(dropDelay).toMatchObject({ lastMs: null, p99Ms: null, measured: 0 });
    for (const delay of [400, 30]) {
      await one.service.delete('k');
      one.clock.advance(delay);
      await look(two);
    }
    expect(two.get(PeerWatch).health.dropDelay).toMatchObject({ lastMs: 30, p99Ms: 400, measured: 2 });
    expect(one.get(PeerWatch).health.dropDelay.lastMs).toBe(0);
  });

  test('a process that is alone notes nothing', async () => {
    const { one, two } = await startTwo(store);
    await two.close();
    const noted = () => one.rows('SELECT id FROM cache_invalidations');
    const before = await noted();
    await one.service.set('k', 1, options);
    await one.service.set('k', 2, options);
    await one.service.clear();
    expect(await noted()).toEqual(before);
  });
});

test.each(DRIVERS)(
  'a file that takes no writes does not empty the memory at every look (%s)',
  async (type) => {
    const app = await startCacheApp({ cache: { database: { type } } });
    await app.database.write((_manager, sql) => sql.run('DELETE FROM cache_processes'));
    await app.database.write((_manager, sql) =>
      sql.run(
        `CREATE TRIGGER full BEFORE INSERT ON cache_processes BEGIN SELECT RAISE(FAIL, 'disk full'); END`,
      ),
    );
    await look(app);
    await app.service.set('k', 1, options);
    await look(app);
    expect(await app.service.getStats()).toMatchObject({ memoryEntries: 1 });
  },
);

test.each(STORES)(
  'a purge leaves no trace in what is noted for others, who empty their memory (%s)',
  async (store) => {
    const { one, two } = await startTwo(store);
    await one.service.set('k of alice', 1, options);
    await two.service.set('l', 1, options);
    await one.service.purgeUser('alice');
    expect(await one.rows('SELECT selector FROM cache_invalidations')).toEqual([{ selector: '{}' }]);
    await look(two);
    expect(await two.service.getStats()).toMatchObject({ memoryEntries: 0 });
  },
);

import { expect, test } from 'vitest';
import { Heartbeat } from '../../src/cluster/heartbeat.js';
import { PeerWatch } from '../../src/cluster/peer-watch.js';
import { type CacheApp, startCacheApp } from '../module/cache-app.js';
import { sharedStore, STORES } from './shared-store.js';

const cache = { processes: { pollEvery: '1h' } } as const;

const count = (app: CacheApp, table: string) =>
  app.rows(`SELECT * FROM ${table}`).then((rows) => rows.length);

test.each(STORES)(
  'a process that died is forgotten, with its leases, and nobody is told any more (%s)',
  async (type) => {
    const app = await startCacheApp({ cache: { ...cache, database: sharedStore(type) } });
    await app.database.write(async (_manager, sql) => {
      await sql.run('INSERT INTO cache_processes VALUES (?, ?)', ['dead', app.clock.now() + 30_000]);
      await sql.run('INSERT INTO cache_leases VALUES (?, ?, ?)', ['k', 'dead', app.clock.now() + 5_000]);
    });
    app.clock.advance(20_000);
    await app.get(Heartbeat).beat();
    expect(await count(app, 'cache_processes')).toBe(2);
    app.clock.advance(10_000);
    await app.get(Heartbeat).beat();
    // Its removal would wake all who wait; until then the first to look takes it over.
    expect([await count(app, 'cache_processes'), await count(app, 'cache_leases')]).toEqual([1, 1]);
    app.clock.advance(5_000);
    await app.get(Heartbeat).beat();
    expect(await count(app, 'cache_leases')).toBe(0);
    await app.service.clear();
    expect(await count(app, 'cache_invalidations')).toBe(1);
  },
);

test('what was noted long ago goes, but for the newest, and nobody loses its place', async () => {
  const one = await startCacheApp({ cache });
  const two = await startCacheApp({ cache: { ...cache, database: { path: one.path } }, clock: one.clock });
  for (const key of ['a', 'b', 'c']) await two.service.set(key, 1, { type: 't' });
  await two.get(PeerWatch).catchUp();
  one.clock.advance(601_000);
  await two.get(Heartbeat).beat();
  await one.get(Heartbeat).beat();
  expect(await count(one, 'cache_invalidations')).toBe(1);
  await two.get(PeerWatch).catchUp();
  expect(await two.service.getStats()).toMatchObject({ memoryEntries: 3 });
});

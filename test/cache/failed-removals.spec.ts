import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ReportCache } from '../../src/cache/report-cache.js';
import { StoreTier } from '../../src/cache/store-tier.js';
import { Database } from '../../src/storage/database.js';
import { startCacheApp } from '../module/cache-app.js';
import { onPostgres } from '../support/test-store.js';
import { startObstructedApp } from './obstructed-entries.js';

const LEDGER = { type: 'ledger', companyId: 7, tags: ['postings'] };

test('a row that was read before a failed removal is made up for, and arrives after it, is not answered', async () => {
  const app = await startObstructedApp({ cache: {} });
  const { service, entries } = app;
  await service.set('k', 'old', LEDGER);
  entries.obstacle = 'throws';
  await service.clearByCompany(7);
  entries.obstacle = 'none';
  entries.readAnswers.close();
  const reading = service.get('k');
  await entries.readAnswers.reached();
  await app.get(StoreTier).retryRemovals();
  entries.readAnswers.open();
  expect(await reading).toBeUndefined();
  expect(await service.get('k')).toBeUndefined();
});

test('a set that is committed after another of its key failed stays', async () => {
  const app = await startObstructedApp({ cache: { memory: false } });
  const { service, entries } = app;
  const put = entries.put.bind(entries);
  let fail!: (error: Error) => void;
  entries.put = () => new Promise((_resolve, reject) => (fail = reject));
  const first = service.set('k', 'A', LEDGER);
  entries.put = put;
  const second = service.set('k', 'B', LEDGER);
  fail(new Error('the disk is full'));
  expect([await first, await second]).toEqual([false, true]);
  await app.get(StoreTier).retryRemovals();
  expect(await service.get('k')).toBe('B');
});

test.skipIf(onPostgres)(
  'a set that is queued behind a removal that fails stays when the removal is made up for',
  async () => {
    const database = { type: 'better-sqlite3', busyTimeout: 400 } as const;
    const app = await startCacheApp({ cache: { memory: false, database } });
    await app.service.set('old', 1, LEDGER);
    const unlock = await lockFile(app.path);
    const clearing = app.service.clearByCompany(7);
    await setTimeout(100);
    app.clock.advance(1);
    const setting = app.service.set('k', 'B', LEDGER);
    await clearing;
    await unlock();
    expect(await setting).toBe(true);
    await app.get(StoreTier).retryRemovals();
    expect([await app.service.get('old'), await app.service.get('k')]).toEqual([undefined, 'B']);
  },
);

test('a forced refresh that is overtaken while it is compressed leaves alone what overtook it', async () => {
  const app = await startCacheApp();
  const cache = app.get(ReportCache);
  let compressed!: () => void;
  const compress = () => new Promise<void>((resolve) => (compressed = resolve));
  const target = { key: 'k', type: 't', companyId: '7', username: null, tags: [] };
  const policy = { ttlMs: 60_000, graceMs: 0 };
  const codec = (packing?: () => Promise<void>) => ({
    format: 'x/1',
    pack: (value: string) => ({
      resident: { byteSize: 10, read: () => value },
      byteLength: 10,
      compress: packing,
      toBytes: () => Buffer.from(value),
    }),
    open: (bytes: Buffer) => ({ byteSize: bytes.length, read: () => bytes.toString() }),
  });
  const load = () => Promise.resolve({ value: 'refreshed', storable: true });
  await cache.refresh({ target, policy, codec: codec(compress), load }, 0);
  await expect.poll(() => compressed).toBeTypeOf('function');
  expect(await cache.set(target, 'set', policy, codec())).toBe(true);
  compressed();
  await cache.fillsQueued();
  await app.get(StoreTier).retryRemovals();
  expect(await app.rows('SELECT cache_key FROM cache_entries')).toHaveLength(1);
});

test('a grace of fractions of a millisecond is kept and read', async () => {
  const { service } = await startCacheApp({ cache: { memory: false } });
  await service.set('k', 1, { ...LEDGER, grace: 1_000.5 });
  expect(await service.get('k')).toBe(1);
});

/** Holds the write lock by a connection of its own. @returns how to let go of it. */
async function lockFile(path: string): Promise<() => Promise<void>> {
  const other = new Database({ type: 'sqlite', path, busyTimeoutMs: 5_000 });
  onTestFinished(() => other.close());
  await other.open();
  let unlock!: () => void;
  let locked!: () => void;
  const isLocked = new Promise<void>((resolve) => (locked = resolve));
  const writing = other.write(async () => {
    locked();
    await new Promise<void>((resolve) => (unlock = resolve));
  });
  await isLocked;
  return () => {
    unlock();
    return writing;
  };
}

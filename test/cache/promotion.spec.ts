import { describe, expect, test } from 'vitest';
import type { CacheService } from '../../src/index.js';
import { ReportCache } from '../../src/cache/report-cache.js';
import { SharedValueCodec } from '../../src/cache/shared-value.js';
import { restart } from '../module/cache-app.js';
import { startObstructedApp } from './obstructed-entries.js';

const LEDGER = { type: 'ledger', companyId: 7, tags: ['postings'] };

/** An app with one entry in its file and nothing in memory. */
async function startWithEntryInFile(value: unknown = 'old books', ttl = 10_000) {
  const before = await startObstructedApp();
  await before.service.set('k', value, { ...LEDGER, ttl });
  await before.close();
  return startObstructedApp({ clock: before.clock, cache: { database: { path: before.path } } });
}

test.each<[string, (service: CacheService) => Promise<unknown>]>([
  ['delete', (service) => service.delete('k')],
  ['clear', (service) => service.clear()],
])('a set that %s overtook before its commit leaves nothing behind', async (_name, drop) => {
  const app = await startObstructedApp();
  const setting = app.service.set('k', 'old books', LEDGER);
  await Promise.all([setting, drop(app.service)]);
  expect(await app.service.get('k')).toBeUndefined();
  expect(await (await restart(app)).service.get('k')).toBeUndefined();
});

describe('an entry of the file', () => {
  test('is brought into memory by the first read, and read there from then on', async () => {
    const { service, entries } = await startWithEntryInFile();
    for (let read = 0; read < 5; read += 1) expect(await service.get('k')).toBe('old books');
    expect(entries.finds).toBe(1);
    expect(await service.getStats()).toMatchObject({ memoryEntries: 1 });
  });

  test('lives in memory for the rest of its TTL, not for another one', async () => {
    const { service, clock } = await startWithEntryInFile();
    clock.advance(9_000);
    expect(await service.get('k')).toBe('old books');
    clock.advance(999);
    expect(await service.get('k')).toBe('old books');
    clock.advance(1);
    expect(await service.get('k')).toBeUndefined();
  });

  const invalidations: [string, (service: CacheService) => Promise<unknown>][] = [
    ['delete', (service) => service.delete('k')],
    ['clear', (service) => service.clear()],
    ['clearByCompany', (service) => service.clearByCompany(7)],
    ['clearByType', (service) => service.clearByType('ledger')],
    ['clearByTag', (service) => service.clearByTag('postings')],
  ];

  test.each(invalidations)(
    'does not come back into memory by a read that began before %s',
    async (_name, drop) => {
      const app = await startWithEntryInFile();
      app.entries.readAnswers.close();
      const reading = app.service.get('k');
      await app.entries.readAnswers.reached();
      await drop(app.service);
      app.entries.readAnswers.open();
      await reading;
      expect(await app.service.get('k')).toBeUndefined();
      expect(await app.service.getStats()).toMatchObject({ totalEntries: 0, memoryEntries: 0 });
    },
  );

  test.each(invalidations)(
    'does not come back into memory by a read that ends while %s waits for its commit',
    async (_name, drop) => {
      const app = await startWithEntryInFile();
      const [, reading] = [drop(app.service), app.service.get('k')];
      await reading;
      expect(await app.service.get('k')).toBeUndefined();
      expect(await (await restart(app)).service.get('k')).toBeUndefined();
    },
  );

  test('does not replace what was set while it was read', async () => {
    const app = await startWithEntryInFile();
    app.entries.readAnswers.close();
    const reading = app.service.get('k');
    await app.entries.readAnswers.reached();
    const setting = app.service.set('k', 'new books', LEDGER);
    await setting;
    app.entries.readAnswers.open();
    await reading;
    expect(await app.service.get('k')).toBe('new books');
  });

  test('does not replace what a refresh stored while it was read', async () => {
    const app = await startWithEntryInFile();
    app.entries.readAnswers.close();
    const reading = app.service.get('k');
    await app.entries.readAnswers.reached();
    app.entries.readAnswers.holdNoMore();
    app.clock.advance(1);
    const refresh = {
      target: { ...LEDGER, key: 'k', companyId: '7', username: null },
      policy: { ttlMs: 10_000, graceMs: 0 },
      codec: app.get(SharedValueCodec),
      load: () => Promise.resolve({ value: 'new books', storable: true }),
    };
    expect(await app.get(ReportCache).refresh(refresh, 0)).toMatchObject({ status: 'miss' });
    app.entries.readAnswers.open();
    await reading;
    expect(await app.service.get('k')).toBe('new books');
    expect(await (await restart(app)).service.get('k')).toBe('new books');
  });

  test('that has expired is replaced by a load', async () => {
    const app = await startWithEntryInFile('old books', 1_000);
    app.clock.advance(1_000);
    expect(await app.service.getOrSet('k', () => 'new books', LEDGER)).toBe('new books');
    expect(await app.service.get('k')).toBe('new books');
    expect(await (await restart(app)).service.get('k')).toBe('new books');
  });
});

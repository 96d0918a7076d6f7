import { describe, expect, test, vi } from 'vitest';
import type { CacheService } from '../../src/index.js';
import { restart, startCacheApp } from '../module/cache-app.js';
import { heldSource } from './held-source.js';

const LEDGER = { type: 'ledger', companyId: 7, tags: ['postings'] };

describe('callers of one cold key', () => {
  test('share one load, also when they come while it runs', async () => {
    const { service } = await startCacheApp();
    const source = heldSource({ total: 12 });
    const early = Array.from({ length: 20 }, () => service.getOrSet('k', source.load, LEDGER));
    await source.started();
    const late = Array.from({ length: 20 }, () => service.getOrSet('k', source.load, LEDGER));
    source.finish();
    expect(await Promise.all([...early, ...late])).toEqual(Array(40).fill({ total: 12 }));
    expect(source.load).toHaveBeenCalledTimes(1);
  });

  test('share nothing with callers of other keys', async () => {
    const { service } = await startCacheApp();
    const source = heldSource('a', 'b');
    const answers = [service.getOrSet('a', source.load, LEDGER), service.getOrSet('b', source.load, LEDGER)];
    await source.started(2);
    source.finish();
    expect(await Promise.all(answers)).toEqual(['a', 'b']);
  });

  test('all get the error as it was thrown, and it is not cached', async () => {
    const { service } = await startCacheApp();
    const error = new RangeError('no such ledger');
    const source = heldSource<unknown>(error, 'later');
    const answers = Array.from({ length: 20 }, () =>
      service.getOrSet('k', source.load, LEDGER).catch((thrown: unknown) => thrown),
    );
    await source.started();
    source.finish();
    for (const thrown of await Promise.all(answers)) expect(thrown).toBe(error);
    expect(source.load).toHaveBeenCalledTimes(1);
    expect(await service.get('k')).toBeUndefined();
    expect(await service.getOrSet('k', source.load, LEDGER)).toBe('later');
  });

  test('get an error that a load throws before it returns a promise', async () => {
    const { service } = await startCacheApp();
    const load = (): never => {
      throw new RangeError('at once');
    };
    await expect(service.getOrSet('k', load, LEDGER)).rejects.toThrow('at once');
    expect(await service.getOrSet('k', () => 'later', LEDGER)).toBe('later');
  });

  test('each get a value that cannot be stored from a load of their own', async () => {
    const app = await startCacheApp();
    const load = vi.fn(async () => ({ render: () => 'text' }));
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => app.service.getOrSet('k', load, LEDGER)),
    );
    expect(answers.map((answer) => answer.render())).toEqual(['text', 'text', 'text']);
    expect(load).toHaveBeenCalledTimes(3);
    expect(app.logger.warnings.join()).toMatch(/"ledger".*is a function$/);
    expect(await app.service.get('k')).toBeUndefined();
  });

  test('get undefined uncached, for it is what a miss looks like', async () => {
    const { service } = await startCacheApp();
    const load = vi.fn(() => undefined);
    expect(await service.getOrSet('k', load, LEDGER)).toBeUndefined();
    expect(await service.getOrSet('k', load, LEDGER)).toBeUndefined();
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('get an answer beyond maxEntryBytes, and it is not stored', async () => {
    const { service } = await startCacheApp({ cache: { maxEntryBytes: '1kb' } });
    const load = vi.fn(() => 'x'.repeat(2_000));
    expect(await service.getOrSet('k', load, LEDGER)).toHaveLength(2_000);
    expect(await service.get('k')).toBeUndefined();
    await expect(service.set('k', 'x'.repeat(2_000), LEDGER)).rejects.toMatchObject({
      code: 'VALUE_NOT_CACHEABLE',
    });
  });
});

const overtakers: Record<string, (service: CacheService) => Promise<unknown>> = {
  delete: (service) => service.delete('k'),
  clear: (service) => service.clear(),
  clearByCompany: (service) => service.clearByCompany('7'),
  clearByType: (service) => service.clearByType('ledger'),
  clearByTag: (service) => service.clearByTag('postings'),
};

describe('a load overtaken by', () => {
  test.each(Object.entries(overtakers))(
    '%s answers its caller and is stored nowhere',
    async (_name, drop) => {
      const app = await startCacheApp();
      const source = heldSource('old books');
      const answer = app.service.getOrSet('k', source.load, LEDGER);
      await source.started();
      await drop(app.service);
      source.finish();
      expect(await answer).toBe('old books');
      expect(await app.service.get('k')).toBeUndefined();
      expect(await app.service.getStats()).toMatchObject({ totalEntries: 0, memoryEntries: 0 });
      expect(await (await restart(app)).service.get('k')).toBeUndefined();
    },
  );

  test.each(Object.entries(overtakers))(
    '%s that nobody waited for is stored nowhere either',
    async (_name, drop) => {
      const app = await startCacheApp();
      const source = heldSource('old books');
      const answer = app.service.getOrSet('k', source.load, LEDGER);
      await source.started();
      const dropping = drop(app.service);
      source.finish();
      await Promise.all([answer, dropping]);
      expect(await app.service.get('k')).toBeUndefined();
      expect(await (await restart(app)).service.get('k')).toBeUndefined();
    },
  );

  test.each(Object.entries(overtakers))('%s is not joined by who comes after it', async (_name, drop) => {
    const app = await startCacheApp();
    const source = heldSource('old books', 'new books');
    const before = app.service.getOrSet('k', source.load, LEDGER);
    await source.started();
    await drop(app.service);
    const after = app.service.getOrSet('k', source.load, LEDGER);
    await source.started(2);
    source.finish();
    expect([await before, await after]).toEqual(['old books', 'new books']);
    expect(await app.service.get('k')).toBe('new books');
    expect(await (await restart(app)).service.get('k')).toBe('new books');
  });

  test('set does not overwrite what was set', async () => {
    const app = await startCacheApp();
    const source = heldSource('old books');
    const answer = app.service.getOrSet('k', source.load, LEDGER);
    await source.started();
    await app.service.set('k', 'set meanwhile', LEDGER);
    source.finish();
    expect(await answer).toBe('old books');
    expect(await app.service.get('k')).toBe('set meanwhile');
    expect(await (await restart(app)).service.get('k')).toBe('set meanwhile');
  });

  test.each<[string, (service: CacheService) => Promise<unknown>]>([
    ['another key', (service) => service.delete('other')],
    ['another company', (service) => service.clearByCompany(8)],
    ['another type', (service) => service.clearByType('other')],
    ['another tag', (service) => service.clearByTag('other')],
  ])('an invalidation of %s is stored all the same', async (_name, drop) => {
    const app = await startCacheApp();
    const source = heldSource('books');
    const answer = app.service.getOrSet('k', source.load, LEDGER);
    await source.started();
    await drop(app.service);
    source.finish();
    await answer;
    expect(await app.service.get('k')).toBe('books');
    expect(await (await restart(app)).service.get('k')).toBe('books');
  });
});

import { describe, expect, test, vi } from 'vitest';
import { CacheEntryRepository } from '../../src/index.js';
import { restart, startCacheApp } from '../module/cache-app.js';
import { DAMAGE_PAYLOADS } from '../support/test-store.js';

describe.each([
  ['memory', undefined],
  ['the file', false as const],
])('an entry in %s', (_where, memory) => {
  const cache = { memory };

  test('is fresh until the last millisecond before expiresAt, and expired at expiresAt', async () => {
    const { service, clock } = await startCacheApp({ cache });
    await service.set('k', 1, { type: 't', ttl: 1_000 });
    clock.advance(999);
    expect(await service.get('k')).toBe(1);
    clock.advance(1);
    expect(await service.get('k')).toBeUndefined();
  });

  test('is loaded anew once it has expired, with a whole TTL', async () => {
    const { service, clock, database } = await startCacheApp({ cache });
    const load = vi.fn().mockReturnValueOnce('old').mockReturnValue('new');
    const options = { type: 't', ttl: 1_000 };
    expect(await service.getOrSet('k', load, options)).toBe('old');
    clock.advance(1_000);
    expect(await service.getOrSet('k', load, options)).toBe('new');
    await database.write(() => Promise.resolve());
    clock.advance(999);
    expect(await service.getOrSet('k', load, options)).toBe('new');
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('answers within its grace when the source fails, and until the last millisecond of it', async () => {
    const { service, clock } = await startCacheApp({ cache });
    const options = { type: 't', ttl: 1_000, grace: 5_000 };
    const fail = (): never => {
      throw new RangeError('the source is down');
    };
    await service.set('k', 'old', options);
    clock.advance(1_000);
    expect(await service.getOrSet('k', fail, options)).toBe('old');
    clock.advance(4_999);
    expect(await service.getOrSet('k', fail, options)).toBe('old');
    clock.advance(1);
    await expect(service.getOrSet('k', fail, options)).rejects.toThrow('the source is down');
  });

  test('in its grace is no hit of get, and is replaced when the source answers', async () => {
    const { service, clock, database } = await startCacheApp({ cache });
    const options = { type: 't', ttl: 1_000, grace: 5_000 };
    await service.set('k', 'old', options);
    clock.advance(1_000);
    expect(await service.get('k')).toBeUndefined();
    expect(await service.getOrSet('k', () => 'new', options)).toBe('new');
    await database.write(() => Promise.resolve());
    expect(await service.get('k')).toBe('new');
  });

  test('in its grace does not answer when it was invalidated while the source failed', async () => {
    const { service, clock } = await startCacheApp({ cache });
    const options = { type: 't', ttl: 1_000, grace: 5_000 };
    await service.set('k', 'old', options);
    clock.advance(1_000);
    const failing = async (): Promise<never> => {
      await service.clearByType('t');
      throw new RangeError('the source is down');
    };
    await expect(service.getOrSet('k', failing, options)).rejects.toThrow('the source is down');
  });
});

describe('an entry that nobody can read', () => {
  class Money {
    constructor(readonly amount: number) {}
  }

  test('because its class is no model any more is a miss, and is written anew', async () => {
    const before = await startCacheApp({ cache: { models: [Money] } });
    await before.service.set('k', new Money(1), { type: 't' });
    const app = await restart(before);
    expect(await app.service.get('k')).toBeUndefined();
    expect(await app.service.getOrSet('k', () => 'new', { type: 't' })).toBe('new');
    expect(await (await restart(app)).service.get('k')).toBe('new');
  });

  test('does not hide the error of the source when it is in its grace', async () => {
    const options = { type: 't', ttl: 1_000, grace: 5_000 };
    const before = await startCacheApp({ cache: { models: [Money] } });
    await before.service.set('k', new Money(1), options);
    const app = await restart(before);
    app.clock.advance(1_000);
    const fail = (): never => {
      throw new RangeError('the source is down');
    };
    await expect(app.service.getOrSet('k', fail, options)).rejects.toThrow('the source is down');
  });

  test.each([
    ['a flipped bit in its payload', DAMAGE_PAYLOADS],
    ['a payload that is gone', 'DELETE FROM cache_payloads'],
    ['a changed company', `UPDATE cache_entries SET company_id = '8'`],
    ['a prolonged life', 'UPDATE cache_entries SET expires_at = expires_at + 1'],
  ])('because of %s is a miss, and goes', async (_what, damage) => {
    const before = await startCacheApp();
    await before.service.set('k', { total: 12 }, { type: 't', companyId: 7 });
    await before.database.write((_manager, sql) => sql.run(damage));
    const app = await restart(before);
    expect(await app.service.get('k')).toBeUndefined();
    await expect
      .poll(() => app.rows('SELECT * FROM cache_entries'), { interval: 5, timeout: 10_000 })
      .toEqual([]);
    expect(await app.service.getOrSet('k', () => 'new', { type: 't' })).toBe('new');
  });

  test('because another codec wrote it is a miss of get', async () => {
    const app = await startCacheApp();
    const now = app.clock.now();
    await app.get(CacheEntryRepository).put({
      key: 'k',
      type: 't',
      companyId: null,
      username: null,
      tags: [],
      createdAt: now,
      expiresAt: now + 1_000,
      graceUntil: now + 1_000,
      loadMs: 0,
      format: 'response/1',
      bytes: Buffer.from('not for the codec of values'),
    });
    expect(await app.service.get('k')).toBeUndefined();
  });
});

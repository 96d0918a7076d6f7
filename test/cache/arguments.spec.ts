import { describe, expect, test, vi } from 'vitest';
import type { CacheService, SetOptions } from '../../src/index.js';
import { startCacheApp } from '../module/cache-app.js';

const calls: [string, RegExp, (service: CacheService) => Promise<unknown>][] = [
  ['an empty key', /^key/, (service) => service.get('')],
  ['a key that is no text', /^key/, (service) => service.delete(7 as unknown as string)],
  ['a key beyond 2,048 characters', /^key/, (service) => service.get('k'.repeat(2_049))],
  ['a lone surrogate', /^key/, (service) => service.get('\ud800')],
  ['an empty type', /^type/, (service) => service.set('k', 1, { type: '' })],
  ['a missing type', /^type/, (service) => service.set('k', 1, {} as SetOptions)],
  ['a TTL of 0', /^ttl/, (service) => service.set('k', 1, { type: 't', ttl: 0 })],
  ['a negative TTL', /^ttl/, (service) => service.set('k', 1, { type: 't', ttl: -1 })],
  ['a TTL that is NaN', /^ttl/, (service) => service.set('k', 1, { type: 't', ttl: NaN })],
  ['an unreadable TTL', /^ttl/, (service) => service.set('k', 1, { type: 't', ttl: 'soon' as '1s' })],
  ['a negative grace', /^grace/, (service) => service.set('k', 1, { type: 't', grace: -1 })],
  [
    'a company of the wrong type',
    /^companyId/,
    (service) => service.set('k', 1, { type: 't', companyId: {} as string }),
  ],
  ['a company that is no whole number', /^companyId/, (service) => service.clearByCompany(1.5)],
  ['tags that are no list', /^tags/, (service) => service.set('k', 1, { type: 't', tags: 'x' as never })],
  ['an empty tag', /^tags\[1\]/, (service) => service.set('k', 1, { type: 't', tags: ['a', ''] })],
  ['an empty tag to clear', /^tag /, (service) => service.clearByTag('')],
];

describe('an argument that is wrong', () => {
  test.each(calls)('(%s) is refused by name, and nothing is stored or lost', async (_what, message, call) => {
    const { service } = await startCacheApp();
    await service.set('before', 1, { type: 't' });
    await expect(call(service)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message) as unknown,
    });
    expect(await service.getStats()).toMatchObject({ totalEntries: 1, memoryEntries: 1 });
  });

  test('keeps getOrSet from running its load', async () => {
    const { service } = await startCacheApp();
    const load = vi.fn();
    await expect(service.getOrSet('k', load, { type: '' })).rejects.toThrow(/type/);
    expect(load).not.toHaveBeenCalled();
  });

  test('of set keeps the value that is there', async () => {
    const { service } = await startCacheApp();
    await service.set('k', 'old', { type: 't' });
    await expect(service.set('k', () => 1, { type: 't' })).rejects.toMatchObject({
      code: 'VALUE_NOT_CACHEABLE',
    });
    expect(await service.get('k')).toBe('old');
  });
});

test('7 and "7" are the same company', async () => {
  const { service } = await startCacheApp();
  await service.set('a', 1, { type: 't', companyId: 7 });
  await service.set('b', 1, { type: 't', companyId: '7' });
  expect(await service.getCachedCompanyIds()).toEqual(['7']);
  expect(await service.clearByCompany(7)).toBe(2);
});

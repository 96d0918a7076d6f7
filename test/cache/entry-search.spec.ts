import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { EntrySearchService, InvalidArgumentError } from '../../src/index.js';
import { startCacheApp } from '../module/cache-app.js';

const SORTS = ['key', 'created', 'expires', 'size', 'hits', 'accessed'] as const;

async function start() {
  const app = await startCacheApp();
  return { ...app, search: app.get(EntrySearchService) };
}

describe('the search of entries', () => {
  it('comes through every entry once, in order, however it is sorted and paged', async () => {
    const { service, search, clock } = await start();
    for (let index = 0; index < 23; index++) {
      await service.set(`key-${index % 7}-${index}`, 'x'.repeat(index % 3), {
        ...{ type: 'ledger', ttl: `${1 + (index % 4)}m` },
      });
      if (index % 5 === 0) clock.advance(1_000);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SORTS),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 30 }),
        async (sort, order, limit) => {
          const keys: string[] = [];
          let after: string | undefined;
          do {
            const page = await search.search({ sort, order, limit, after });
            expect(page.entries.length).toBeLessThanOrEqual(limit);
            keys.push(...page.entries.map(({ key }) => key));
            after = page.next ?? undefined;
          } while (after !== undefined);
          const all = await search.search({ sort, order, limit: 200 });
          expect(keys).toEqual(all.entries.map(({ key }) => key));
          expect(new Set(keys).size).toBe(23);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('finds by type, company, tag and part of the key, and by all of them together', async () => {
    const { service, search } = await start();
    await service.set('Alpha-100%', 1, { type: 'a', companyId: 7, tags: ['march', 'april'] });
    await service.set('alpha-1000', 1, { type: 'b', companyId: 7, tags: ['march'] });
    await service.set('beta_1', 1, { type: 'a', companyId: 8 });
    await service.set('beta11', 1, { type: 'a' });
    const keys = async (conditions: Parameters<EntrySearchService['search']>[0]) =>
      (await search.search({ ...conditions, sort: 'key', order: 'asc' })).entries.map(({ key }) => key);
    expect(await keys({ type: 'a' })).toEqual(['Alpha-100%', 'beta11', 'beta_1']);
    expect(await keys({ companyId: 7 })).toEqual(['Alpha-100%', 'alpha-1000']);
    expect(await keys({ tag: 'march' })).toEqual(['Alpha-100%', 'alpha-1000']);
    expect(await keys({ text: 'ALPHA' })).toEqual(['Alpha-100%', 'alpha-1000']);
    expect(await keys({ text: '100%' })).toEqual(['Alpha-100%']);
    expect(await keys({ text: 'beta_' })).toEqual(['beta_1']);
    expect(await keys({ text: '!' })).toEqual([]);
    expect(await keys({ type: 'a', companyId: 7, tag: 'april', text: 'pha' })).toEqual(['Alpha-100%']);
    expect(await keys({ type: 'a', tag: 'may' })).toEqual([]);
  });

  it('tells how old an entry is and whether it may still be served', async () => {
    const { service, search, clock } = await start();
    await service.set('one', 1, { type: 'a', ttl: '1m', grace: '1m' });
    const state = async () => (await search.find('one'))?.state;
    expect(await state()).toBe('fresh');
    clock.advance(60_000);
    expect(await state()).toBe('grace');
    clock.advance(60_000);
    expect(await state()).toBe('expired');
    expect(await search.find('two')).toBeUndefined();
  });

  it('tells what types and companies hold', async () => {
    const { service, search } = await start();
    await service.set('one', 'x', { type: 'a', companyId: 7, ttl: '1m' });
    await service.set('two', 'x', { type: 'a', companyId: 7, ttl: '2m' });
    await service.set('three', 'x', { type: 'b' });
    const types = await search.sizesByType();
    expect([...types.keys()].sort()).toEqual(['a', 'b']);
    expect(types.get('a')).toMatchObject({ entries: 2, longestTtlMs: 120_000 });
    expect([...(await search.sizesByCompany()).keys()]).toEqual(['7']);
  });

  test.each<[object, RegExp]>([
    [{ type: '' }, /^type /],
    [{ companyId: 1.5 }, /^companyId /],
    [{ tag: 5 }, /^tag /],
    [{ text: 'x'.repeat(201) }, /^text /],
    [{ sort: 'constructor' }, /^sort /],
    [{ limit: 201 }, /^limit /],
    [{ limit: 0.5 }, /^limit /],
    [{ after: 'nonsense' }, /^after /],
    [{ after: Buffer.from('["hits","x","k"]').toString('base64url'), sort: 'hits' }, /^after /],
    [{ after: Buffer.from('["size",1,"k"]').toString('base64url'), sort: 'hits' }, /^after /],
  ])('refuses %o and names the condition', async (conditions, message) => {
    const { search } = await start();
    await expect(search.search(conditions)).rejects.toThrow(InvalidArgumentError);
    await expect(search.search(conditions)).rejects.toThrow(message);
  });
});

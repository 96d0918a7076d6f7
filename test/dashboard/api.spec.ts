import { describe, expect, it, test } from 'vitest';
import { ShadowDifferences } from '../../src/index.js';
import { ADAPTERS } from '../support/report-app.js';
import { startDashboard } from './support/dashboard-app.js';

describe.each(ADAPTERS)("the dashboard's views over %s", (adapter) => {
  it('tell what the cache did for its users', async () => {
    const { fill, view } = await startDashboard({ adapter });
    await fill();
    await fill();
    await fill('companyId=8');
    const { totals, series, store } = await view('overview');
    expect(totals).toMatchObject({ requests: 3, outcomes: { hit: 1, miss: 2 }, hitRatio: 1 / 3 });
    expect(series).toHaveLength(24);
    expect(series.at(-1)).toMatchObject({ requests: 3, hits: 1, misses: 2 });
    expect(store).toMatchObject({ state: 'open', entries: 2, activeEntries: 2 });
  });

  it('tell types, with why they missed', async () => {
    const { fill, view, clock } = await startDashboard({ adapter });
    await fill();
    clock.advance(60 * 60_000);
    await fill();
    const { types } = await view('types');
    expect(types).toMatchObject([
      { type: 'ledger', requests: 2, entries: 1, enabled: true, avoidableMisses: 1 },
    ]);
    expect(types[0]?.missReasons.map(({ reason, misses }) => [reason, misses]).sort()).toEqual([
      ['cold', 1],
      ['ttl', 1],
    ]);
    expect(types[0]).toMatchObject({ ttlOverrideMs: null, storedTtlMs: 15 * 60_000 });
  });

  it('tell of warm-ups and of shadow checks, where the app has them', async () => {
    const without = await startDashboard({ adapter });
    expect(await without.view('overview')).toMatchObject({ warmUp: null, shadow: null });

    const cache = { warmUp: {}, shadowCheck: { share: 0.001 } };
    const { app, view, clock, noteWarmUp } = await startDashboard({ adapter, cache });
    expect(await view('overview')).toMatchObject({ warmUp: null, shadow: { differences: [] } });
    await noteWarmUp();
    app.get(ShadowDifferences).add('ledger', 5_000);
    const { warmUp, shadow } = await view('overview');
    expect(warmUp).toMatchObject({ state: 'running', planned: 12, done: 3, warmed: 2 });
    expect(shadow).toEqual({ differences: [{ type: 'ledger', ageMs: 5_000, foundAt: clock.now() }] });
  });

  it('tell companies, with what they hold', async () => {
    const { fill, view } = await startDashboard({ adapter });
    await fill('companyId=7');
    await fill('companyId=8');
    await fill('companyId=8');
    const { companies, total } = await view('companies');
    expect(companies.map(({ companyId, requests, entries }) => [companyId, requests, entries])).toEqual([
      ['8', 2, 1],
      ['7', 1, 1],
    ]);
    expect(total).toBe(2);
  });

  it('tell users, those switched off first', async () => {
    const { fill, view, act } = await startDashboard({ adapter });
    await fill('companyId=7', { 'x-user': 'alice' });
    await act('set-user-enabled', { username: 'zoe', enabled: false });
    const { users } = await view('users');
    expect(users.map(({ username, enabled, requests }) => [username, enabled, requests])).toEqual([
      ['zoe', false, 0],
      ['alice', true, 1],
    ]);
    expect((await view('users', { search: 'ZO' })).users).toHaveLength(1);
  });

  it('tell one entry, and nothing of its payload', async () => {
    const { fill, view, ask } = await startDashboard({ adapter });
    await fill();
    const { entries } = await view('entries');
    const { entry, payload } = await view('entry', { key: entries[0]!.key });
    expect(entry).toMatchObject({ type: 'ledger', companyId: '7', tags: ['books'], state: 'fresh', hits: 0 });
    expect(payload).toBeNull();
    expect((await ask('/api/entry?key=unheard-of')).status).toBe(404);
  });

  it('tell the beginning of a payload where the module was told to show it', async () => {
    const { fill, view, cache } = await startDashboard({ adapter, dashboard: { showPayloads: true } });
    await fill();
    await cache.set('by-code', { total: 12 }, { type: 'sums' });
    const keys = (await view('entries', { sort: 'key' })).entries.map(({ key }) => key);
    const payloads = await Promise.all(keys.map(async (key) => (await view('entry', { key })).payload));
    expect(payloads.find((payload) => payload?.format === 'http/2')).toMatchObject({
      contentType: 'application/json; charset=utf-8',
      text: '{"companyId":"7","secret":"figures of the ledger"}',
      truncated: false,
    });
    expect(payloads.find((payload) => payload?.format !== 'http/2')?.text).toContain('12');
  });

  it('answer while the file is out with what memory has, and say why', async () => {
    const { fill, view, ask, database } = await startDashboard({ adapter });
    await fill();
    await database.close();
    const { store, totals } = await view('overview');
    expect(store.state).not.toBe('open');
    expect(totals.requests).toBe(0);
    expect(JSON.parse((await ask('/api/entries')).text)).toMatchObject({
      error: { code: 'STORE_UNAVAILABLE' },
    });
  });

  test.each([
    ['overview?range=2y', /range/],
    ['overview?unknown=1', /not known/],
    ['entries?limit=0', /limit/],
    ['entries?limit=1e9', /limit/],
    ['entries?sort=__proto__', /sort/],
    ['entries?after=bm9uc2Vuc2U', /after/],
    ['entries?type=a&type=b', /type/],
    [`entries?text=${'x'.repeat(201)}`, /text/],
    ['entry', /key/],
    ['activity?after=-1', /after/],
    ['activity?after=1e400', /after/],
  ])('refuse %s and say what is wrong with it', async (path, message) => {
    const { ask } = await startDashboard({ adapter });
    const { status, text } = await ask(`/api/${path}`);
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { error: { code: 'BAD_INPUT', message: expect.stringMatching(message) } },
    ]);
  });

  it('are sent as JSON that nothing may keep, sniff or frame', async () => {
    const { ask } = await startDashboard({ adapter });
    expect((await ask('/api/overview')).headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
    });
  });

  it('never come from the cache', async () => {
    const { ask, cache } = await startDashboard({ adapter });
    for (let time = 0; time < 2; time++) expect((await ask('/api/overview')).xCache).toBeUndefined();
    expect((await cache.getStats()).totalEntries).toBe(0);
  });
});

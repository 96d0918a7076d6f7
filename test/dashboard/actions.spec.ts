import { describe, expect, it, test, vi } from 'vitest';
import { WarmUpService } from '../../src/index.js';
import { ADAPTERS } from '../support/report-app.js';
import { startDashboard } from './support/dashboard-app.js';

const removed = (text: string): unknown => (JSON.parse(text) as { removed: unknown }).removed;

describe.each(ADAPTERS)("the dashboard's actions over %s", (adapter) => {
  it('drop what they say, and nothing else', async () => {
    const { fill, act, view, cache } = await startDashboard({ adapter });
    const keys = async () =>
      (await view('entries', { sort: 'key', order: 'asc' })).entries.map(({ key }) => key);
    const refill = async () => {
      await cache.clear();
      for (const company of [7, 8]) await fill(`companyId=${company}`);
      await cache.set('other', 1, { type: 'other', tags: ['apart'] });
    };
    await refill();
    const [seven = ''] = await keys();
    expect(removed((await act('delete-entry', { key: seven })).text)).toBe(1);
    expect(await keys()).toHaveLength(2);
    expect((await act('delete-entry', { key: seven })).status).toBe(404);

    await refill();
    expect(removed((await act('clear-company', { companyId: '7' })).text)).toBe(1);
    expect(removed((await act('clear-tag', { tag: 'apart' })).text)).toBe(1);
    expect(removed((await act('clear-type', { type: 'ledger' })).text)).toBe(1);

    await refill();
    expect(removed((await act('clear', {})).text)).toBe(3);
    expect((await fill()).xCache).toBe('MISS');
  });

  it('switch a type, a user and the cache off and on again, with the next request', async () => {
    const { fill, act } = await startDashboard({ adapter });
    await fill();
    for (const [off, on] of [
      [
        () => act('set-type-enabled', { type: 'ledger', enabled: false }),
        () => act('set-type-enabled', { type: 'ledger', enabled: true }),
      ],
      [
        () => act('set-user-enabled', { username: 'alice', enabled: false }),
        () => act('set-user-enabled', { username: 'alice', enabled: true }),
      ],
      [() => act('set-cache-enabled', { enabled: false }), () => act('set-cache-enabled', { enabled: true })],
    ] as const) {
      expect((await off()).status).toBe(200);
      expect((await fill()).xCache).toBe('BYPASS');
      await on();
      expect((await fill()).xCache).toBe('HIT');
    }
  });

  it('set the TTL of a type for what is stored from then on, and take it back', async () => {
    const { fill, act, view } = await startDashboard({ adapter });
    await act('set-type-ttl', { type: 'ledger', ttl: '3m' });
    await fill();
    expect((await view('types')).types[0]).toMatchObject({ ttlOverrideMs: 180_000, storedTtlMs: 180_000 });
    await act('set-type-ttl', { type: 'ledger', ttl: null });
    expect((await view('types')).types[0]).toMatchObject({ ttlOverrideMs: null });
  });

  it('leave an audit row each: who, what, to what, when, and what came of it', async () => {
    const { fill, act, view, clock } = await startDashboard({ adapter });
    await fill();
    const { entries } = await view('entries');
    const { key = '' } = entries[0] ?? {};
    await act('delete-entry', { key });
    clock.advance(1_000);
    await act('set-type-ttl', { type: 'ledger', ttl: '3m' });
    const { rows, next } = await view('activity');
    expect(next).toBeNull();
    expect(rows).toEqual([
      {
        ...{ id: 2, at: clock.now(), username: 'admin', action: 'set-type-ttl', target: { type: 'ledger' } },
        ...{ value: '3m', outcome: 'done', removed: 0 },
      },
      {
        ...{ id: 1, at: clock.now() - 1_000, username: 'admin', action: 'delete-entry' },
        target: { key, type: 'ledger', companyId: '7' },
        ...{ value: null, outcome: 'done', removed: 1 },
      },
    ]);
  });

  it('leave audit rows that go with a purge of their company or user', async () => {
    const { act, view, cache } = await startDashboard({ adapter });
    await act('clear-company', { companyId: '7' });
    await act('set-user-enabled', { username: 'bob', enabled: false });
    await act('clear', {});
    await cache.purgeCompany(7);
    await cache.purgeUser('bob');
    expect((await view('activity')).rows.map(({ action }) => action)).toEqual(['clear']);
    await cache.purgeUser('admin');
    expect((await view('activity')).rows.map(({ username }) => username)).toEqual([null]);
  });

  it('page through the audit rows', async () => {
    const { act, view } = await startDashboard({ adapter });
    for (let time = 0; time < 5; time++) await act('clear', {});
    const first = await view('activity', { limit: '3' });
    const second = await view('activity', { limit: '3', after: first.next ?? '' });
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
    expect(second.next).toBeNull();
  });

  it('refresh an entry by dropping it where nobody can run its report', async () => {
    const { fill, act, view } = await startDashboard({ adapter });
    await fill();
    const { entries } = await view('entries');
    const answer = await act('refresh-entry', { key: entries[0]!.key });
    expect(JSON.parse(answer.text)).toEqual({ removed: 1, refreshed: false });
    expect((await fill()).xCache).toBe('MISS');
  });

  it('refresh an entry by running its report where somebody can', async () => {
    const asked: string[] = [];
    const { app, fill, act, view } = await startDashboard({ adapter, cache: { warmUp: {} } });
    vi.spyOn(app.get(WarmUpService), 'refresh').mockImplementation((key) =>
      Promise.resolve(asked.push(key) > 0),
    );
    await fill();
    const { entries } = await view('entries');
    const { key = '' } = entries[0] ?? {};
    const answer = await act('refresh-entry', { key });
    expect([JSON.parse(answer.text), asked]).toEqual([{ removed: 1, refreshed: true }, [key]]);
  });

  it('begin a warm-up without waiting for its end, and cancel it', async () => {
    const { app, act, view } = await startDashboard({ adapter, cache: { warmUp: {} } });
    const warmUp = app.get(WarmUpService);
    let finish = (): void => undefined;
    const running = vi
      .spyOn(warmUp, 'run')
      .mockImplementation(() => new Promise((resolve) => (finish = () => resolve({} as never))));
    const cancelling = vi.spyOn(warmUp, 'cancelEverywhere');
    expect((await act('run-warm-up', { type: 'ledger' })).status).toBe(200);
    expect(running).toHaveBeenCalledWith({ type: 'ledger' });
    expect((await act('cancel-warm-up', {})).status).toBe(200);
    expect(cancelling).toHaveBeenCalledOnce();
    finish();
    expect((await view('activity')).rows).toMatchObject([
      { action: 'cancel-warm-up', username: 'admin', outcome: 'done' },
      { action: 'run-warm-up', username: 'admin', outcome: 'done', target: { type: 'ledger' } },
    ]);
  });

  it('show a warm-up that found nothing to do as ended', async () => {
    const { act, view } = await startDashboard({ adapter, cache: { warmUp: {} } });
    expect((await view('overview')).warmUp).toBeNull();
    await act('run-warm-up', {});
    expect((await view('overview')).warmUp).toMatchObject({ state: 'completed', planned: 0 });
  });

  it.each(['run-warm-up', 'cancel-warm-up'] as const)('refuse %s where the app has none', async (name) => {
    const { act, view } = await startDashboard({ adapter });
    const { status, text } = await act(name, {});
    expect([status, text]).toEqual([400, expect.stringContaining('warmUp')]);
    expect((await view('settings')).warmUp).toBe(false);
  });

  it('work while the file is out as far as memory goes, and warn that no audit row was written', async () => {
    const { fill, act, database, logger } = await startDashboard({ adapter });
    await fill();
    await database.close();
    const answer = await act('clear-company', { companyId: '7' });
    expect([answer.status, removed(answer.text)]).toEqual([200, 1]);
    expect(logger.warnings).toContainEqual(
      expect.stringContaining('clear-company is missing in the audit log'),
    );
  });

  test.each([
    ['set-type-ttl', { type: 'ledger', ttl: 'soon' }, /ttl/],
    ['set-type-ttl', { type: 'ledger', ttl: -1 }, /ttl/],
    ['set-type-ttl', { type: 'x'.repeat(199), ttl: '3m' }, /key/],
    ['set-type-enabled', { type: 'ledger', enabled: 'yes' }, /enabled/],
    ['clear-company', {}, /companyId/],
    ['clear-company', { companyId: { $ne: 1 } }, /companyId/],
    ['clear-company', { companyId: '7', type: 'ledger' }, /not known/],
    ['clear-type', { type: '' }, /type/],
    ['clear-tag', { tag: '\ud800' }, /tag/],
    ['clear', [], /object|known/],
    ['run-warm-up', { companyId: 7 }, /companyId/],
    ['cancel-warm-up', { type: 'ledger' }, /not known/],
  ])('refuse %s of %j', async (name, body, message) => {
    const { act, fill, cache } = await startDashboard({ adapter });
    await fill();
    const { status, text } = await act(name as 'clear', body as never);
    expect([status, text]).toEqual([400, expect.stringMatching(message)]);
    expect((await cache.getStats()).totalEntries).toBe(1);
  });
});

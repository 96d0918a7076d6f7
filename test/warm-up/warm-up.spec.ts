import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../support/report-app.js';
import { ALICE, HOUR, ROBOT, SOURCE_MS, startBooksApp } from './books-app.js';

const BALANCE = 'balance?companyId=7&period=2026-01';

describe.each(ADAPTERS)('a warm-up on %s', (adapter) => {
  it('has a report there before the first user asks again', async () => {
    const app = await startBooksApp(adapter);
    const first = await app.ask(BALANCE);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({
      end: 'completed',
      planned: 1,
      warmed: 1,
      sourceMs: SOURCE_MS,
    });
    expect(app.books.runs).toEqual(['balance 7 2026-01']);
    const again = await app.ask(BALANCE);
    expect([first.xCache, again.xCache]).toEqual(['MISS', 'HIT']);
    expect(JSON.parse(again.text)).toEqual({ what: 'balance 7 2026-01', run: 1 });
  });

  it('waits for a report whose users are served the expired one meanwhile', async () => {
    const app = await startBooksApp(adapter);
    await app.ask('impatient');
    app.expire();
    app.books.gate = new Promise((resolve) => setTimeout(resolve, 50));

    expect(await app.warmUp.run()).toMatchObject({ planned: 1, warmed: 1, failed: 0 });
    expect(await app.ask('impatient')).toMatchObject({ xCache: 'HIT' });
    expect(app.books.runs).toEqual(['impatient']);
  });

  it('asks for reports by path and by declared header', async () => {
    const app = await startBooksApp(adapter);
    const german = { headers: { ...ALICE.headers, 'accept-language': 'de' } };
    await app.ask('ledger/7/4%C3%A4%2F%20b?from=1&from=2', german);
    await app.ask('ledger/7/4400', german);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ warmed: 2 });
    expect(await app.ask('ledger/7/4%C3%A4%2F%20b?from=1&from=2', german)).toMatchObject({ xCache: 'HIT' });
    expect(await app.ask('ledger/7/4400', ALICE)).toMatchObject({ xCache: 'MISS' });
  });

  it('serves what it made to whoever names the host as the user did', async () => {
    const app = await startBooksApp(adapter);
    const named = { headers: { ...ALICE.headers, host: 'erp.example:8443' } };
    await app.ask(BALANCE, named);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ warmed: 1 });
    expect(await app.ask(BALANCE, named)).toMatchObject({ xCache: 'HIT' });
    expect(await app.ask(BALANCE)).toMatchObject({ xCache: 'MISS' });
  });

  it('leaves entries of a single user and of a fingerprint of rights alone', async () => {
    const app = await startBooksApp(adapter);
    for (const path of ['payslips', 'rights', 'rates']) await app.ask(path);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ planned: 1, warmed: 1 });
    expect(app.books.runs).toEqual(['rates']);
  });

  it('asks without an identity for what nobody was named for', async () => {
    const app = await startBooksApp(adapter);
    await app.ask('open', { headers: {} });
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ warmed: 1 });
    expect(await app.ask('open', { headers: {} })).toMatchObject({ xCache: 'HIT' });
  });

  it('does not ask for what is there', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);

    expect(await app.warmUp.run()).toMatchObject({ end: 'completed', planned: 0 });
    expect(app.books.runs).toHaveLength(1);
  });

  it('asks for what spares users most first, and for no more than its budget', async () => {
    const app = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, maxRequests: 2 } });
    for (let times = 0; times < 3; times += 1) await app.ask('rates');
    for (let times = 0; times < 2; times += 1) await app.ask(BALANCE);
    await app.ask('ledger/7/1');
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ end: 'completed', planned: 2, warmed: 2 });
    expect(app.books.runs).toEqual(['rates', 'balance 7 2026-01']);
  });

  it('runs as many requests at once as it is told, and no more', async () => {
    const app = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, concurrency: 2 } });
    for (const account of [1, 2, 3, 4, 5]) await app.ask(`ledger/7/${account}`);
    app.expire();
    app.books.mostAtOnce = 0;
    app.books.gate = new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

    expect(await app.warmUp.run()).toMatchObject({ warmed: 5 });
    expect(app.books.mostAtOnce).toBe(2);
  });

  it('is no user: neither the log nor what users asked for knows of it', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    await app.warmUp.run();

    expect(await app.log.summary()).toMatchObject({ hits: 0, misses: 1 });
    expect(await app.rows('SELECT asked FROM warm_up_requests')).toEqual([{ asked: 1 }]);
  });

  it('counts an identity that is refused, and does not ask in its name again and again', async () => {
    const app = await startBooksApp(adapter, { warmUp: { identify: () => ({ 'x-user': 'robot' }) } });
    await app.ask(BALANCE);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ refused: 1, warmed: 0 });
    expect(await app.warmUp.run()).toMatchObject({ planned: 0 });
    app.clock.advance(HOUR);
    expect(await app.warmUp.run()).toMatchObject({ refused: 1 });
    app.clock.advance(HOUR);
    expect(await app.warmUp.run()).toMatchObject({ planned: 0 });
    expect(app.books.runs).toEqual([]);
    expect(app.logger.warnings.filter((line) => line.includes('Warm-up'))).toHaveLength(2);
  });

  it('leaves alone what "identify" has no identity for, and goes on when it fails', async () => {
    const identify = async ({
      type,
      companyId,
      path,
    }: {
      type: string;
      companyId: string | null;
      path: string;
    }) => {
      if (type === 'rates') return undefined;
      if (type === 'ledger') throw new Error('secret-of-the-vault');
      return companyId === '7' && path === '/reports/balance' ? ROBOT : {};
    };
    const app = await startBooksApp(adapter, { warmUp: { identify } });
    for (const path of ['rates', 'ledger/7/1', BALANCE]) await app.ask(path);
    app.expire();

    expect(await app.warmUp.run()).toMatchObject({ planned: 3, unidentified: 2, warmed: 1 });
    expect(app.logger.lines.join('\n')).not.toContain('secret-of-the-vault');
    expect(app.logger.lines.join('\n')).not.toContain(ROBOT['x-secret']);
  });

  it('gives up when request after request fails', async () => {
    const app = await startBooksApp(adapter);
    for (let account = 0; account < 9; account += 1) await app.ask(`ledger/7/${account}`);
    app.expire();
    app.books.fails = true;

    expect(await app.warmUp.run()).toMatchObject({ end: 'gave-up', planned: 9, failed: 5, warmed: 0 });
    expect(app.books.runs).toHaveLength(5);
  });

  it('counts a report that is gone as failed', async () => {
    const app = await startBooksApp(adapter);
    await app.ask('gone');
    app.clock.advance(2 * HOUR);

    expect(await app.warmUp.run()).toMatchObject({ end: 'completed', failed: 1 });
  });

  it('can be cancelled while the app looks for its identity', async () => {
    const app = await startBooksApp(adapter, {
      warmUp: { identify: () => new Promise(() => undefined), concurrency: 2 },
    });
    for (const account of [1, 2]) await app.ask(`ledger/7/${account}`);
    app.expire();
    const running = app.warmUp.run();
    await expect.poll(() => app.warmUp.progress().running?.planned).toBe(2);
    app.warmUp.cancel();
    expect(await running).toMatchObject({ end: 'cancelled', warmed: 0 });
    expect(app.books.runs).toEqual([]);
  });

  it('can be cancelled while a report runs, which may finish, and begins no other', async () => {
    const app = await startBooksApp(adapter);
    for (const account of [1, 2, 3]) await app.ask(`ledger/7/${account}`);
    app.expire();
    let open = (): void => undefined;
    app.books.gate = new Promise((resolve) => (open = resolve));
    const running = app.warmUp.run();
    await expect.poll(() => app.books.runs).toHaveLength(1);
    expect(app.warmUp.progress()).toMatchObject({ running: { planned: 3, finishedAt: null } });

    app.warmUp.cancel();
    expect(await running).toMatchObject({ end: 'cancelled', planned: 3, warmed: 0 });
    expect(app.warmUp.progress()).toMatchObject({ running: null, last: { end: 'cancelled' } });
    open();
    await expect.poll(() => app.books.atOnce).toBe(0);
    expect(app.books.runs).toHaveLength(1);
    expect(await app.log.summary()).toMatchObject({ misses: 3, hits: 0 });
  });

  it('ends by the signal of whoever began it', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();

    expect(await app.warmUp.run({}, AbortSignal.abort())).toMatchObject({ end: 'cancelled' });
    expect(app.books.runs).toEqual([]);
  });

  it('ends when it has taken too long', async () => {
    const app = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, maxDuration: 20 } });
    await app.ask(BALANCE);
    app.expire();
    app.books.gate = new Promise(() => undefined);

    expect(await app.warmUp.run()).toMatchObject({ end: 'overtime', warmed: 0 });
  });

  it('does not keep the app from closing', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    app.books.gate = new Promise(() => undefined);
    const running = app.warmUp.run();
    await expect.poll(() => app.books.runs).toHaveLength(1);

    await app.app.close();
    expect(await running).toMatchObject({ end: 'cancelled' });
  });

  it('warms what it is asked to: a key, a type or a company', async () => {
    const app = await startBooksApp(adapter);
    for (const path of [BALANCE, 'balance?companyId=8&period=2026-01', 'rates']) await app.ask(path);
    app.expire();

    expect(await app.warmUp.run({ companyId: 8 })).toMatchObject({ planned: 1, warmed: 1 });
    expect(await app.warmUp.run({ type: 'rates' })).toMatchObject({ planned: 1, warmed: 1 });
    const [row] = await app.rows<{ cache_key: string }>(
      `SELECT cache_key FROM warm_up_requests WHERE company_id = '7'`,
    );
    expect(await app.warmUp.run({ key: row!.cache_key })).toMatchObject({ planned: 1, warmed: 1 });
    expect(app.books.runs).toEqual(['balance 8 2026-01', 'rates', 'balance 7 2026-01']);
  });

  it('asks again for one entry that was dropped, also a cheap one, and beside a warm-up that runs', async () => {
    const app = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, minCost: '1h' } });
    await app.ask(BALANCE);
    await app.warmUp.run({ type: 'none' });
    const [row] = await app.rows<{ cache_key: string }>('SELECT cache_key FROM warm_up_requests');
    expect(await app.warmUp.refresh(row!.cache_key)).toBe(false);
    await app.cache.delete(row!.cache_key);

    expect(await app.warmUp.refresh(row!.cache_key)).toBe(true);
    expect(await app.warmUp.refresh('of nobody')).toBe(false);
    expect(app.books.runs).toHaveLength(2);
    expect(await app.ask(BALANCE)).toMatchObject({ xCache: 'HIT' });
  });

  it('leaves alone what is cheap, and what was asked for too long ago', async () => {
    const cheap = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, minCost: SOURCE_MS + 1 } });
    await cheap.ask(BALANCE);
    cheap.expire();
    expect(await cheap.warmUp.run()).toMatchObject({ planned: 0 });

    const old = await startBooksApp(adapter, { warmUp: { identify: () => ROBOT, lookBack: '1d' } });
    await old.ask(BALANCE);
    await old.warmUp.run();
    old.clock.advance(25 * HOUR);
    expect(await old.warmUp.run()).toMatchObject({ planned: 0 });
  });

  it('says in the log how it went, and nothing when there was nothing to do', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    await app.warmUp.run();
    const lines = () => app.logger.lines.filter((line) => line.includes('Warm-up'));
    expect(lines()).toEqual([]);
    app.expire();
    await app.warmUp.run();
    expect(lines()).toEqual([expect.stringContaining('Warm-up (call) completed: 1 of 1 reports warmed')]);
  });

  it('tells other processes how it went', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    const report = await app.warmUp.run();

    const [row] = await app.rows<{ value: string }>(
      `SELECT value FROM cache_config WHERE key = 'reports-cache:warm-up'`,
    );
    expect(JSON.parse(row!.value)).toEqual(report);
    expect(await app.warmUp.latest()).toEqual({ report, state: 'completed' });
  });

  it('tells running ones from those whose process is gone, and from what is no note of one', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    const report = { ...(await app.warmUp.run()), finishedAt: null, end: null };
    const note = (value: string) =>
      app.change(`UPDATE cache_config SET value = '${value}' WHERE key = 'reports-cache:warm-up'`);
    await note(JSON.stringify(report));
    expect(await app.warmUp.latest()).toEqual({ report, state: 'running' });
    app.clock.advance(60_000);
    expect(await app.warmUp.latest()).toEqual({ report, state: 'lost' });
    await note('{"planned":-1}');
    expect(await app.warmUp.latest()).toBeNull();
  });

  it('spares a user who asks meanwhile a run of his own', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    let open = (): void => undefined;
    app.books.gate = new Promise((resolve) => (open = resolve));
    const running = app.warmUp.run();
    await expect.poll(() => app.books.runs).toHaveLength(1);
    const user = app.ask(BALANCE);
    await new Promise((resolve) => setTimeout(resolve, 50));
    open();

    expect(await running).toMatchObject({ warmed: 1 });
    expect(await user).toMatchObject({ status: 200, text: '{"what":"balance 7 2026-01","run":1}' });
    expect(app.books.runs).toHaveLength(1);
  });
});

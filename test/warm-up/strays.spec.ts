import { describe, expect, it, test } from 'vitest';
import { isPlainUrl } from '../../src/http/replayable-request.js';
import { ADAPTERS } from '../support/report-app.js';
import { onPostgres } from '../support/test-store.js';
import { ALICE, startBooksApp } from './books-app.js';

const BALANCE = 'balance?companyId=7&period=2026-01';

/** Somebody who can write the file changes what was remembered of the one request that is there. */
function forge(change: object): string {
  // A question mark in a statement is the place of a parameter.
  const json = JSON.stringify(change).replaceAll('?', String.raw`\u003f`);
  return onPostgres
    ? `UPDATE warm_up_requests SET request = request::jsonb || '${json}'`
    : `UPDATE warm_up_requests SET request = json_patch(request, '${json}')`;
}

describe.each(ADAPTERS)('a request that leads astray, on %s', (adapter) => {
  test.each([
    ['to a route without a cache', '/reports/live'],
    ['to a report of another type', '/reports/rates'],
    ['to a report of one user', '/reports/payslips'],
    ['to another company', '/reports/balance?companyId=8&period=2026-01'],
    ['to the same report with a parameter more', '/reports/balance?companyId=7&period=2026-02'],
  ])('%s runs nothing', async (_where, url) => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    await app.warmUp.run();
    app.expire();
    await app.change(forge({ url }));

    expect(await app.warmUp.run()).toMatchObject({ planned: 1, strayed: 1, warmed: 0 });
    expect(app.books.runs).toEqual([]);
    expect(app.logger.errors).toEqual([]);
  });

  test.each([
    ['to another host', { url: '//evil.example/reports/rates' }],
    ['by dot segments', { url: '/reports/x/../live' }],
    ['by a host that is none', { host: 'evil.example/..' }],
    ['by another protocol', { protocol: 'file' }],
    ['by a field that is no request', { method: 'POST' }],
  ])('%s is not even sent', async (_how, change) => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    await app.warmUp.run();
    app.expire();
    await app.change(forge(change));

    expect(await app.warmUp.run()).toMatchObject({ planned: 1, strayed: 1 });
    expect(app.books.runs).toEqual([]);
  });

  it('is not asked for again in every warm-up', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    await app.warmUp.run();
    app.expire();
    await app.change(forge({ url: '/reports/live' }));
    await app.warmUp.run();

    expect(await app.warmUp.run()).toMatchObject({ planned: 0 });
  });

  it('by a route that is gone fails, and one whose scope became a single user’s strays', async () => {
    const first = await startBooksApp(adapter);
    await first.ask(BALANCE);
    await first.warmUp.run();
    first.expire();
    await first.change(forge({ url: '/reports/no-such-route' }));
    expect(await first.warmUp.run()).toMatchObject({ failed: 1 });

    const second = await startBooksApp(adapter);
    await second.ask('rates');
    await second.warmUp.run();
    second.expire();
    await second.change(forge({ headers: { 'cache-control': 'no-cache' }, url: '/reports/payslips' }));
    expect(await second.warmUp.run()).toMatchObject({ strayed: 1 });
  });
});

describe.each(ADAPTERS)('a client on %s', (adapter) => {
  it('cannot pass for a warm-up by what it sends', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE, { headers: { ...ALICE.headers, 'user-agent': 'nestjs-reports-cache warm-up' } });

    expect(await app.log.summary()).toMatchObject({ misses: 1 });
  });

  it('is served as ever after a warm-up', async () => {
    const app = await startBooksApp(adapter);
    await app.ask(BALANCE);
    app.expire();
    await app.warmUp.run();

    const posted = await app.ask('postings?companyId=7', {
      method: 'POST',
      ...ALICE,
      body: { lines: ['x'.repeat(50_000)] },
    });
    expect(posted).toMatchObject({ status: 201 });
    expect(await app.ask('live')).toMatchObject({ status: 200 });
    expect(await app.ask('no-such-report')).toMatchObject({ status: 404 });
  });
});

describe('an address is sent again only as it is', () => {
  test.each(['/', '/reports/a', '/a?b=c&d=%C3%A4+x', '/a;v=1/@me'])('%s is', (url) => {
    expect(isPlainUrl(url)).toBe(true);
  });

  test.each([
    '',
    'a',
    '//evil/a',
    '/\\evil/a',
    '/a/../b',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a#b',
    '/a b',
    '/a\n',
    '/a?b c',
    'http://evil/a',
    `/${'a'.repeat(5_000)}`,
  ])('%j is not', (url) => {
    expect(isPlainUrl(url)).toBe(false);
  });
});

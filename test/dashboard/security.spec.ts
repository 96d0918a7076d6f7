import { describe, expect, it, test } from 'vitest';
import { ACTION_HEADER } from '../../src/dashboard/api/contract.js';
import { VIEW_PATHS } from '../../src/dashboard/api/contract.js';
import { actionBodies } from '../../src/dashboard/api/inputs.schema.js';
import { http } from '../support/http-client.js';
import { ADAPTERS } from '../support/report-app.js';
import { ADMIN, startDashboard } from './support/dashboard-app.js';

const HOSTILE = '<img src=x onerror=alert(1)>';

const pages = [
  '',
  '/assets/app.js',
  '/assets/uplot.js',
  ...Object.values(VIEW_PATHS).map((path) => `/${path}`),
];
const actions = Object.keys(actionBodies).map((name) => `/api/actions/${name}`);

describe.each(ADAPTERS)('the dashboard over %s', (adapter) => {
  it('lets nobody in whom a guard refuses, on any route', async () => {
    const { base, fill, cache } = await startDashboard({ adapter });
    await fill();
    for (const path of pages) expect([path, (await http(`${base}${path}`)).status]).toEqual([path, 403]);
    for (const path of actions) {
      const headers = { [ACTION_HEADER]: '1', 'x-user': 'mallory' };
      const { status } = await http(`${base}${path}`, { method: 'POST', headers, body: {} });
      expect([path, status]).toEqual([path, 403]);
    }
    expect((await cache.getStats()).totalEntries).toBe(1);
  });

  test.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another subdomain', { 'sec-fetch-site': 'same-site' }],
    ['an address that the user typed', { 'sec-fetch-site': 'none' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a form', { 'sec-fetch-site': 'same-origin', [ACTION_HEADER]: '' }],
  ])('refuses an action that comes from %s', async (_who, headers) => {
    const { act, fill, cache, view } = await startDashboard({ adapter });
    await fill();
    const { status, text } = await act('clear', {}, headers);
    expect([status, JSON.parse(text)]).toMatchObject([403, { error: { code: 'CROSS_SITE' } }]);
    expect((await cache.getStats()).totalEntries).toBe(1);
    expect((await view('activity')).rows).toEqual([]);
  });

  test.each<[string, (url: string) => Record<string, string>]>([
    ['the page, in a browser', (url) => ({ 'sec-fetch-site': 'same-origin', origin: new URL(url).origin })],
    ['the page, over plain HTTP', (url) => ({ origin: new URL(url).origin })],
    ['a tool that is no browser', () => ({})],
  ])('takes an action that comes from %s', async (_who, headers) => {
    const { act, url } = await startDashboard({ adapter });
    expect((await act('clear', {}, headers(url))).status).toBe(200);
  });

  it('acts on POST alone', async () => {
    const { ask, fill, cache } = await startDashboard({ adapter });
    await fill();
    for (const path of actions)
      expect((await ask(path, { headers: { [ACTION_HEADER]: '1' } })).status).toBe(404);
    expect((await cache.getStats()).totalEntries).toBe(1);
  });

  it('has no action where it is read-only', async () => {
    const { ask, view } = await startDashboard({ adapter, dashboard: { readOnly: true } });
    for (const path of actions) {
      const answer = await ask(path, { method: 'POST', body: {}, headers: { [ACTION_HEADER]: '1' } });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await view('settings')).readOnly).toBe(true);
  });

  it('hands hostile names on as they are, in JSON alone', async () => {
    const { cache, log, act, view, ask, clock } = await startDashboard({ adapter });
    await cache.set(HOSTILE, 1, { type: HOSTILE, tags: [HOSTILE], companyId: HOSTILE });
    await act('set-user-enabled', { username: HOSTILE, enabled: false });
    log.log({
      ...{ type: HOSTILE, companyId: HOSTILE, username: HOSTILE, hit: false, timestamp: clock.now() },
      ...{ responseTimeMs: 5, estimatedSourceTimeMs: null, timeSavedMs: null },
    });
    expect((await view('entries', { tag: HOSTILE, text: HOSTILE })).entries[0]).toMatchObject({
      ...{ key: HOSTILE, type: HOSTILE, companyId: HOSTILE, tags: [HOSTILE] },
    });
    expect((await view('types')).types[0]?.type).toBe(HOSTILE);
    expect((await view('companies')).companies[0]?.companyId).toBe(HOSTILE);
    expect((await view('users')).users[0]?.username).toBe(HOSTILE);
    expect((await view('activity')).rows[0]?.target).toEqual({ username: HOSTILE });
    const { headers } = await ask(`/api/entries?text=${encodeURIComponent(HOSTILE)}`);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    const page = await ask(`?${HOSTILE}`);
    expect(page.text).not.toContain(HOSTILE);
  });

  it('serves its page and files with a policy that runs nothing else', async () => {
    const { ask } = await startDashboard({ adapter });
    for (const path of ['', '/assets/app.js', '/assets/uplot.js', '/assets/uplot.css']) {
      const { status, headers } = await ask(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('answers 304 for a file that has not changed, and has its page look for its files beside itself', async () => {
    const { ask } = await startDashboard({ adapter });
    const { headers, text } = await ask('/assets/uplot.js');
    expect([headers['content-type'], text.includes('uPlot')]).toEqual([
      'text/javascript; charset=utf-8',
      true,
    ]);
    const again = await ask('/assets/uplot.js', { headers: { 'if-none-match': headers.etag ?? '' } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await ask('')).text).toContain('src="./reports-cache/assets/app.js"');
  });

  test.each([
    '/assets/../../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fdashboard-api.ts',
    '/assets/..%2findex.html',
    '/assets/%2e%2e/index.html',
    '/assets/index.html',
    '/assets/tsconfig.json',
    '/assets/__proto__',
    '/assets/views/constructor',
    '/assets/%00',
  ])('has no file %s', async (path) => {
    const { url } = await startDashboard({ adapter });
    // As it is: the URL class would resolve the dots.
    const { port } = new URL(url);
    const answer = await http(`http://127.0.0.1:${port}`, { headers: ADMIN, path: `/reports-cache${path}` });
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/<html|"name"|import /);
  });
});

import { expect, it } from 'vitest';
import { ShadowDifferences } from '../../../src/index.js';
import { ADAPTERS } from '../../support/report-app.js';
import { drawn, goTo, openView, startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';

describeInBrowser('the page', () => {
  const browser = useBrowser();

  it.each(ADAPTERS)('shows at a glance what the cache did, on %s, below a prefix', async (adapter) => {
    const app = await startBrowserApp({
      adapter,
      prefix: '/erp',
      configure: (nest) => nest.setGlobalPrefix('erp'),
    });
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    const figure = (label: string) => page.locator('.figure', { hasText: label }).locator('.figure-value');
    expect(await figure('Hit ratio').innerText()).toBe('42.9%');
    expect(await figure('Requests').innerText()).toBe('7');
    expect(await page.locator('dt', { hasText: 'Entries' }).locator('+ dd').innerText()).toBe(
      '4 live, 0 expired',
    );
    expect(await page.locator('.badge', { hasText: 'Open' }).isVisible()).toBe(true);
  });

  it('draws six charts, and gives their figures as tables', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    expect(await page.locator('figure canvas').count()).toBeGreaterThanOrEqual(4);
    const requests = page.locator('figure', { hasText: 'Requests' }).first();
    await requests.locator('summary').click();
    const newest = requests.locator('tbody tr').first();
    expect(await newest.locator('td').allInnerTexts()).toEqual(['3', '0', '0', '4', '0']);
    expect(await requests.getByRole('img').getAttribute('aria-label')).toMatch(/^Requests: from .+ to .+/);
  });

  it('shows the newest warm-up and what shadow checks found', async () => {
    const app = await startBrowserApp({ cache: { warmUp: {}, shadowCheck: { share: 0.001 } } });
    await app.noteWarmUp();
    app.app.get(ShadowDifferences).add('ledger', 5_000);
    const page = await openView(browser(), app);
    const card = (title: string) => page.locator('section.card', { hasText: title });
    expect(
      await card('Warm-up').locator('dt', { hasText: 'Dealt with' }).locator('+ dd').innerText(),
    ).toMatch(/^3 of 12 reports/);
    expect(await card('Changed without notice').locator('li').innerText()).toMatch(/^ledger 5 ?s/);
  });

  it('tells which report missed, and why', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    app.clock.advance(60 * 60_000);
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'types');
    const row = page.getByRole('row', { name: /ledger/ });
    expect(await row.innerText()).toContain('never stored 3');
    expect(await row.innerText()).toContain('TTL over 3');
  });

  it('sorts by a column, and the other way round when asked again', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'companies');
    const names = () => page.locator('tbody th').allInnerTexts();
    await page.getByRole('button', { name: 'Company' }).click();
    expect(await names()).toEqual(['7', '8', '9', 'no company']);
    await page.getByRole('button', { name: 'Company' }).click();
    expect(await names()).toEqual(['9', '8', '7', 'no company']);
    expect(await page.getByRole('columnheader', { name: 'Company' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  it('finds users as their names are typed', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    await app.fill('companyId=7', { 'x-user': 'zoe' });
    await app.log.flush();
    const page = await openView(browser(), app, 'users');
    await page.getByLabel('Search users').fill('ZO');
    await page.getByRole('row', { name: 'alice' }).waitFor({ state: 'detached' });
    expect(await page.locator('tbody th').allInnerTexts()).toEqual(['zoe']);
  });

  it('finds entries by type, company, tag and part of the key, and can be sent to others', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'entries');
    expect(await page.locator('tbody tr').count()).toBe(4);
    await page.getByRole('textbox', { name: 'Tag' }).fill('books');
    await page.getByRole('textbox', { name: 'Company' }).fill('8');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/company=8/);
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('tbody th').innerText()).toContain('/reports/ledger?companyId=8');
    const again = await openView(browser(), app, new URL(page.url()).hash.slice(2));
    expect(await again.locator('tbody tr').count()).toBe(1);
  });

  it('turns pages of entries', async () => {
    const app = await startBrowserApp();
    for (let companyId = 1; companyId <= 51; companyId++) await app.fill(`companyId=${companyId}`);
    const page = await openView(browser(), app, 'entries');
    expect(await page.locator('tbody tr').count()).toBe(50);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL(/after=/);
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'First page' }).click();
    await page.locator('tbody tr').nth(49).waitFor();
  });

  it('shows an entry in full, and of its content only what the module was told to show', async () => {
    for (const showPayloads of [false, true]) {
      const app = await startBrowserApp({ dashboard: { showPayloads } });
      await app.fill('companyId=7');
      const page = await openView(browser(), app, 'entries');
      await page.getByRole('button', { name: '/reports/ledger?companyId=7', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Entry' });
      await dialog.getByText('Content').waitFor();
      expect((await dialog.innerText()).includes('figures of the ledger')).toBe(showPayloads);
      expect(await dialog.innerText()).toContain('http:[');
    }
  });

  it('says so where there is nothing yet', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app);
    await page.getByText('No request yet').waitFor();
    for (const [view, text] of [
      ['types', 'No report yet'],
      ['companies', 'No company yet'],
      ['users', 'No user'],
      ['entries', 'No entry'],
      ['activity', 'Nothing was done yet'],
    ] as const) {
      await goTo(page, view);
      await page.getByText(text, { exact: true }).waitFor();
    }
  });

  it('keeps what it shows when the server is away, says so, and goes on when it is back', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'companies', { expected: /ERR_FAILED/ });
    await page.route('**/api/companies*', (route) => route.abort());
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await page.getByRole('alert').getByText('The server did not answer').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(4);
    await page.unroute('**/api/companies*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('tells who may not look that they may not', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app, 'overview', { expected: /403/ });
    await page.setExtraHTTPHeaders({ 'x-user': 'alice' });
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await page.getByRole('alert').getByText('You may not do this').waitFor();
  });

  it('refreshes by itself while it can be seen, and not when it is told to stop', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app, 'companies');
    await page.clock.install();
    await page.addInitScript(() => {
      Object.defineProperty(document, 'hidden', { get: () => document.body.dataset['hidden'] === 'yes' });
    });
    await page.reload();
    await drawn(page);
    let asked = 0;
    page.on('request', (request) => (asked += Number(request.url().includes('/api/companies'))));
    await page.clock.runFor(31_000);
    await expect.poll(() => asked).toBe(1);

    await page.evaluate(() => (document.body.dataset['hidden'] = 'yes'));
    await page.clock.runFor(120_000);
    expect(asked).toBe(1);
    await page.evaluate(() => {
      document.body.dataset['hidden'] = 'no';
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => asked).toBe(2);

    await page.getByRole('button', { name: 'Auto refresh' }).click();
    await page.clock.runFor(120_000);
    expect(asked).toBe(2);
  });

  it('speaks German where the module is told to, and another language where the reader chooses it', async () => {
    const app = await startBrowserApp({ dashboard: { language: 'de-AT' } });
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Überblick');
    expect(await page.locator('.figure', { hasText: 'Trefferquote' }).innerText()).toMatch(/42,9\s%/);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  it('offers no action where it is for reading only', async () => {
    const app = await startBrowserApp({ dashboard: { readOnly: true }, cache: { warmUp: {} } });
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    for (const view of ['overview', 'types', 'companies', 'users', 'entries?company=7']) {
      await goTo(page, view);
      const names = await page.locator('main').getByRole('button').allInnerTexts();
      expect(
        names.filter((name) => /^(Clear|Delete|Refresh|TTL|Switch|Empty|Warm|Cancel)/.test(name)),
      ).toEqual([]);
    }
    expect(await page.getByText('Read only').isVisible()).toBe(true);
  });
});

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { WarmUpSchedule } from '../../../src/warm-up/warm-up-schedule.js';
import { HOSTILE, type BrowserApp, goTo, openView, startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';

const DIALOG = 'dialog[open]';

/** Answers the question that is open, and waits until the page has said what became of it. */
async function confirm(page: Page, verb: string): Promise<string> {
  await page.locator(DIALOG).getByRole('button', { name: verb, exact: true }).click();
  await page.locator(DIALOG).waitFor({ state: 'detached' });
  // The message comes in a later turn than the end of the dialog.
  const message = page.getByRole('status').last().filter({ hasText: /\S/ });
  await message.waitFor();
  return message.innerText();
}

/** Whoever passes waits while it is shut. */
class Gate {
  private way: Promise<void> = Promise.resolve();
  open: () => void = () => undefined;

  shut(): void {
    this.way = new Promise((resolve) => (this.open = resolve));
  }

  async pass<T>(value: T): Promise<T> {
    await this.way;
    return value;
  }
}

async function lastDone(app: BrowserApp) {
  const { rows } = await app.view('activity');
  return rows[0];
}

describeInBrowser("the page's actions", () => {
  const browser = useBrowser();

  async function opened(view: string) {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    return { app, page: await openView(browser(), app, view) };
  }

  it('do nothing when the question is answered with no', async () => {
    const { app, page } = await opened('types');
    await page.getByRole('button', { name: 'Clear: ledger' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Clear: ledger' }).click();
    await page.keyboard.press('Escape');
    await page.locator(DIALOG).waitFor({ state: 'detached' });
    expect((await app.cache.getStats()).totalEntries).toBe(4);
    expect((await app.view('activity')).rows).toEqual([]);
  });

  it('empty the cache', async () => {
    const { app, page } = await opened('overview');
    await page.getByRole('button', { name: 'Empty the cache' }).click();
    expect(await page.locator(DIALOG).innerText()).toContain('4 entries (');
    expect(await confirm(page, 'Empty the cache')).toBe('Done: 4 entries went.');
    expect((await app.cache.getStats()).totalEntries).toBe(0);
    expect(await lastDone(app)).toMatchObject({
      action: 'clear',
      username: 'admin',
      removed: 4,
      outcome: 'done',
    });
  });

  it('clear one report', async () => {
    const { app, page } = await opened('types');
    await page.getByRole('button', { name: 'Clear: ledger' }).click();
    expect(await page.locator(DIALOG).innerText()).toMatch(/ledger[\s\S]*3 entries \(/);
    expect(await confirm(page, 'Clear')).toBe('Done: 3 entries went.');
    expect((await app.view('entries')).entries.map(({ type }) => type)).toEqual(['mine']);
    expect(await lastDone(app)).toMatchObject({
      action: 'clear-type',
      target: { type: 'ledger' },
      removed: 3,
    });
  });

  it('clear one company', async () => {
    const { app, page } = await opened('companies');
    await page.getByRole('button', { name: 'Clear: 8' }).click();
    expect(await page.locator(DIALOG).innerText()).toContain('1 entry (');
    expect(await confirm(page, 'Clear')).toBe('Done: 1 entry went.');
    expect(await app.cache.getCachedCompanyIds()).toEqual(['7', '9']);
    expect(await lastDone(app)).toMatchObject({ action: 'clear-company', target: { companyId: '8' } });
  });

  it('clear one tag', async () => {
    const { app, page } = await opened('entries?tag=books');
    await page.getByRole('button', { name: 'Clear tag books' }).click();
    expect(await page.locator(DIALOG).innerText()).toContain('of all reports and companies');
    expect(await confirm(page, 'Clear')).toBe('Done: 3 entries went.');
    expect(await lastDone(app)).toMatchObject({ action: 'clear-tag', target: { tag: 'books' }, removed: 3 });
    await page.getByText('No entry', { exact: true }).waitFor();
  });

  it('delete one entry', async () => {
    const { app, page } = await opened('entries?company=9');
    await page.getByRole('button', { name: /^Delete: / }).click();
    expect(await page.locator(DIALOG).innerText()).toMatch(/One entry of \d+B goes/);
    expect(await confirm(page, 'Delete')).toBe('Done: 1 entry went.');
    expect(await app.cache.getCachedCompanyIds()).toEqual(['7', '8']);
    expect((await lastDone(app))?.target.key).toContain('"9"');
  });

  it('refresh one entry, or drop it where nobody can run its report', async () => {
    const { app, page } = await opened('entries?company=7');
    await page.getByRole('button', { name: /^Refresh: / }).click();
    expect(await confirm(page, 'Refresh')).toMatch(/The entry was (refreshed|dropped)/);
    expect(await lastDone(app)).toMatchObject({ action: 'refresh-entry', outcome: 'done' });
  });

  it("change a report's TTL, say what is wrong with one, and take it back", async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'types', { expected: /400/ });
    const ttlOf = async () =>
      (await app.view('types')).types.find(({ type }) => type === 'ledger')?.ttlOverrideMs;
    await page.getByRole('button', { name: 'TTL: ledger' }).click();
    await page.getByLabel('TTL', { exact: true }).fill('soon');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText("duration such as '15m'").waitFor();
    await page.getByLabel('TTL', { exact: true }).fill('90s');
    expect(await confirm(page, 'Save')).toContain('holds from the next request on');
    expect(await ttlOf()).toBe(90_000);

    await page
      .getByRole('row', { name: /ledger/ })
      .getByText('set here')
      .waitFor();
    await page.getByRole('button', { name: 'TTL: ledger' }).click();
    expect(await page.getByLabel('TTL', { exact: true }).inputValue()).toBe('90s');
    await page.getByLabel('TTL', { exact: true }).fill('');
    await confirm(page, 'Save');
    expect(await ttlOf()).toBeNull();
  });

  it('switch a report off, and on again', async () => {
    const { app, page } = await opened('types');
    await page.getByRole('button', { name: 'Switch off: ledger' }).click();
    await confirm(page, 'Switch off');
    expect((await app.fill('companyId=7')).xCache).toBe('BYPASS');
    await page
      .getByRole('row', { name: /ledger/ })
      .getByText('switched off')
      .waitFor();
    await page.getByRole('button', { name: 'Switch on: ledger' }).click();
    await confirm(page, 'Switch on');
    expect((await app.fill('companyId=7')).xCache).toBe('HIT');
  });

  it('switch the whole cache off, warn of it, and switch it on again', async () => {
    const { app, page } = await opened('overview');
    await page.getByRole('button', { name: 'Switch cache off' }).click();
    await confirm(page, 'Switch off');
    expect((await app.fill('companyId=7')).xCache).toBe('BYPASS');
    await page.getByText('The cache is switched off').waitFor();
    await page.getByRole('button', { name: 'Switch cache on' }).click();
    await confirm(page, 'Switch on');
    expect((await app.fill('companyId=7')).xCache).toBe('HIT');
  });

  it('switch the cache off for one user, and on again', async () => {
    const { app, page } = await opened('users');
    await page.getByRole('button', { name: 'Switch off: alice' }).click();
    await confirm(page, 'Switch off');
    expect((await app.fill('companyId=7')).xCache).toBe('BYPASS');
    await page.getByRole('button', { name: 'Switch on: alice' }).click();
    await confirm(page, 'Switch on');
    expect((await app.fill('companyId=7')).xCache).toBe('HIT');
  });

  it('warm up, follow it to its end, and cancel another', async () => {
    const gate = new Gate();
    const app = await startBrowserApp({
      cache: { warmUp: { identify: () => gate.pass({ 'x-user': 'alice' }) } },
    });
    await app.fillAsUsersDo();
    // By the test's clock, which stands still, no report takes any time.
    await app.app.get(WarmUpSchedule, { strict: false }).flush();
    await app.database.write((_manager, sql) => sql.run('UPDATE warm_up_requests SET source_ms = 2000'));
    await app.cache.clear();
    gate.shut();
    const page = await openView(browser(), app, 'overview');
    const card = page.locator('section.card', { hasText: 'Warm-up' });
    await card.getByRole('button', { name: 'Warm up now' }).click();
    expect(await confirm(page, 'Warm up now')).toBe('The warm-up has begun.');
    await card.getByText('Running').waitFor();
    await card.getByText('0 of 3 reports').waitFor();
    gate.open();
    await card.getByText('Completed').waitFor();
    await card.getByText('3 of 3 reports').waitFor();
    expect((await app.fill('companyId=9')).xCache).toBe('HIT');

    await app.cache.clear();
    gate.shut();
    await card.getByRole('button', { name: 'Warm up now' }).click();
    await confirm(page, 'Warm up now');
    await card.getByRole('button', { name: 'Cancel warm-up' }).click();
    await confirm(page, 'Cancel warm-up');
    await page.getByRole('status').filter({ hasText: 'The warm-up ends.' }).waitFor({ state: 'attached' });
    await card.getByText('Cancelled').waitFor();
    expect(await lastDone(app)).toMatchObject({
      action: 'cancel-warm-up',
      username: 'admin',
      outcome: 'done',
    });
    gate.open();
  });

  it('reach what is called by markup', async () => {
    const app = await startBrowserApp();
    await app.fillWithHostileNames();
    const page = await openView(browser(), app, 'types');
    await page.getByRole('button', { name: `Clear: ${HOSTILE}` }).click();
    expect(await confirm(page, 'Clear')).toBe('Done: 1 entry went.');
    expect(await lastDone(app)).toMatchObject({ target: { type: HOSTILE } });
  });

  it('stand in the activity, the newest first', async () => {
    const { page } = await opened('types');
    await page.getByRole('button', { name: 'Switch off: ledger' }).click();
    await confirm(page, 'Switch off');
    await page.getByRole('button', { name: 'Clear: mine' }).click();
    await confirm(page, 'Clear');
    await goTo(page, 'activity');
    const rows = await page.locator('tbody tr').all();
    expect(await Promise.all(rows.map((row) => row.locator('.cell').allInnerTexts()))).toEqual([
      ['admin', 'Cleared a report', 'report mine', '1 entry went'],
      ['admin', 'Switched a report off', 'report ledger', 'done'],
    ]);
  });
});

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { goTo, openView, startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';

/** What has the focus: its accessible name as far as the page gives one, else its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.getAttribute('aria-label') ?? element?.innerText ?? '';
  });
}

/** Tabs until that has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`the focus never came to ${name}`);
}

describeInBrowser('the page by the keyboard alone', () => {
  const browser = useBrowser();

  it('is skipped into past the navigation', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    expect(await page.getByText('Skip to content').isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Overview');
    expect(new URL(page.url()).hash).toBe('#/overview');
  });

  it('leads from view to view, and says where it has come to', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app);
    await tabTo(page, 'Companies');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Companies' }).waitFor();
    expect(await focused(page)).toBe('Companies');
    expect(await page.title()).toBe('Companies – Reports cache');
  });

  it('shows where the focus is, on every control', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'types');
    await page.keyboard.press('Tab');
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const element = document.activeElement ?? document.body;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return element === document.body ? 'body' : `${outlineStyle} ${outlineWidth}`;
      });
      expect(outline === 'body' || /^(solid|auto) [1-9]/.test(outline)).toBe(true);
    }
  });

  it('acts, with the focus on the way out of what cannot be taken back, and returned after it', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'types');
    await tabTo(page, 'Clear: ledger');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    expect(await focused(page)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Clear: ledger');

    await page.keyboard.press('Enter');
    await tabTo(page, 'Clear');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('3 entries went').waitFor();
    await expect.poll(() => focused(page)).toBe('Clear: ledger');
  });

  it('keeps the focus in the question while it is open', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app, 'types');
    await page.getByRole('button', { name: 'TTL: ledger' }).click();
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      const outside = await page.evaluate(() => {
        const element = document.activeElement;
        return element !== document.body && element?.closest('dialog') === null;
      });
      expect(outside).toBe(false);
    }
  });
});

describeInBrowser('the page to a screen reader', () => {
  const browser = useBrowser();

  it('has a name for every control, a caption for every table, and one heading of the first level', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    await app.act('clear-tag', { tag: 'other' });
    const page = await openView(browser(), app);
    for (const view of ['overview', 'types', 'companies', 'users', 'entries', 'activity']) {
      await goTo(page, view);
      expect(await faults(page)).toEqual([]);
    }
  });

  it('would notice a control without a name', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app);
    await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
    expect(await faults(page)).toEqual(['no name: <button></button>']);
  });

  it('is told what was done, and what went wrong', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app);
    const status = page.locator('[role="status"]');
    expect(await status.getAttribute('aria-live')).toBe('polite');
    await page.getByRole('button', { name: 'Empty the cache' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Empty the cache' }).click();
    await status.getByText('Done: 0 entries went.').waitFor();
  });
});

/** What an assistive technology could make nothing of. */
function faults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
    const labelOf = (element: HTMLElement): string =>
      element.getAttribute('aria-label') ??
      (document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent ||
        [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join('') ||
        element.textContent ||
        '');
    const nameless = all(
      'a, button, input, select, summary, nav, dialog, [role="img"], [role="region"]',
    ).filter((element) => labelOf(element).trim() === '');
    const ids = all('[id]').map(({ id }) => id);
    return [
      ...nameless.map((element) => `no name: ${element.outerHTML.slice(0, 80)}`),
      ...all('table')
        .filter((table) => !table.querySelector('caption'))
        .map(() => 'a table without a caption'),
      ...all('th:not([scope])').map(() => 'a header cell without a scope'),
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two of ${id}`),
      ...(all('h1').length === 1 && all('main').length === 1 ? [] : ['not one heading and one main']),
      ...all('[tabindex]')
        .filter(({ tabIndex }) => tabIndex > 0)
        .map(() => 'an order of its own'),
      ...(document.documentElement.lang === '' ? ['no language'] : []),
    ];
  });
}

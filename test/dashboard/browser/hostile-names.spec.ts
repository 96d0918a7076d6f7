import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { drawn, goTo, HOSTILE, openView, startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';
import { watch } from './support/watched-page.js';

const VIEWS = ['overview', 'types', 'companies', 'users', 'entries', 'activity'] as const;

/** What names have become that must be texts: elements, scripts that ran. */
async function traces(page: Page): Promise<string[]> {
  return page.evaluate(() => [
    ...[...document.querySelectorAll('img, script:not([src]), iframe, [onerror]')].map(
      (element) => element.outerHTML,
    ),
    ...(document.body.dataset['owned'] === 'yes' ? ['a script ran'] : []),
  ]);
}

describeInBrowser('names that clients chose', () => {
  const browser = useBrowser();

  it('stay texts in every view, and in the questions of every action', async () => {
    const app = await startBrowserApp({ dashboard: { title: HOSTILE, showPayloads: true } });
    await app.fillWithHostileNames();
    await app.act('clear-tag', { tag: HOSTILE });
    await app.fillWithHostileNames();
    const page = await openView(browser(), app);
    for (const view of VIEWS) {
      await goTo(page, view);
      if (view !== 'overview') await page.getByText(HOSTILE).nth(1).waitFor();
      expect(await traces(page)).toEqual([]);
    }
    await goTo(page, 'entries');
    for (const button of await page.locator('tbody').getByRole('button').all()) {
      await button.click();
      await page.locator('dialog[open]').getByText('onerror').first().waitFor();
      expect(await traces(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });

  it('stay texts when they come by the address', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app, `entries?tag=${encodeURIComponent(HOSTILE)}`);
    expect(await page.getByLabel('Tag').inputValue()).toBe(HOSTILE);
    expect(await traces(page)).toEqual([]);
    await goTo(page, 'overview');
    await page.evaluate((name) => location.assign(`#/${name}`), HOSTILE);
    await drawn(page);
    expect(await traces(page)).toEqual([]);
  });

  it('show what would reorder or hide their letters', async () => {
    const app = await startBrowserApp();
    await app.fill('companyId=7', { 'x-user': 'bob' });
    await app.act('set-user-enabled', { username: 'bob\u202egnp.exe', enabled: false });
    const page = await openView(browser(), app, 'users');
    expect(await page.locator('tbody th').allInnerTexts()).toContain('bob\\u202egnp.exe');
  });

  it('would be found out if the page took them for markup', async () => {
    const app = await startBrowserApp();
    await app.fillWithHostileNames();
    const page = await (await browser().newContext({ extraHTTPHeaders: { 'x-user': 'admin' } })).newPage();
    const complaints = watch(page, new URL(app.base).host);
    const honest = await readFile('src/dashboard/page/dom.js', 'utf8');
    const mutant = honest.replace(
      'append(element, children);',
      `for (const child of children.flat(3)) {
        if (typeof child === 'string') element.insertAdjacentHTML('beforeend', child);
        else append(element, [child]);
      }`,
    );
    expect(mutant).not.toBe(honest);
    await page.route('**/assets/dom.js', (route) =>
      route.fulfill({ body: mutant, contentType: 'text/javascript' }),
    );
    await page.goto(`${app.base}#/types`);
    await drawn(page);
    expect(await traces(page)).not.toEqual([]);
    // The policy keeps the handler from running all the same.
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    expect(await traces(page)).not.toContain('a script ran');
    await page.context().close();
  });
});

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { goTo, HOSTILE, openView, startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';

const VIEWS = ['overview', 'types', 'companies', 'users', 'entries', 'activity'] as const;

describeInBrowser('the page on every screen', () => {
  const browser = useBrowser();

  it.each([320, 375, 768, 1024, 1920])('needs no sideways scrolling at %i pixels', async (width) => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    await app.fillWithHostileNames();
    await app.act('clear-tag', { tag: HOSTILE });
    const page = await openView(browser(), app, 'overview', { viewport: { width, height: 800 } });
    for (const view of VIEWS) {
      await goTo(page, view);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  it('gives charts the room there is, also when that changes', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    const canvas = page.locator('figure canvas').first();
    const wide = (await canvas.boundingBox())?.width ?? 0;
    await page.setViewportSize({ width: 375, height: 800 });
    await expect.poll(async () => (await canvas.boundingBox())?.width ?? 0).toBeLessThan(Math.min(wide, 375));
  });

  it('gives charts up that nobody looks at any more', async () => {
    const app = await startBrowserApp();
    await app.fillAsUsersDo();
    const page = await openView(browser(), app);
    const plots = await page.locator('.uplot').elementHandles();
    expect(plots.length).toBeGreaterThanOrEqual(4);
    await goTo(page, 'types');
    for (const plot of plots) expect(await plot.evaluate((element) => element.parentNode)).toBeNull();
  });

  it.each(['light', 'dark'] as const)(
    'is drawn %s as the system is, with texts that can be read',
    async (colorScheme) => {
      const app = await startBrowserApp();
      await app.fillAsUsersDo();
      const page = await openView(browser(), app, 'types', { colorScheme });
      const [text, ground] = await page.evaluate(() => {
        const { color, backgroundColor } = getComputedStyle(document.documentElement);
        return [color, backgroundColor];
      });
      expect(luminance(text) < luminance(ground)).toBe(colorScheme === 'light');
      for (const [ink, paper] of INK_ON_PAPER)
        expect(await contrast(page, ink, paper)).toBeGreaterThanOrEqual(4.5);
      for (const mark of MARKS) expect(await contrast(page, mark, 'surface')).toBeGreaterThanOrEqual(3);
    },
  );

  it('is drawn as its reader chose, also after it is loaded again', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app, 'overview', { colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: 'Colours: change to Dark' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Colours: change to Light' }).waitFor();
    expect(await ground()).toBe(dark);
  });

  it('has the same dark colours whether the system or the reader asks for them', async () => {
    const app = await startBrowserApp();
    const page = await openView(browser(), app, 'overview', { colorScheme: 'dark' });
    const bySystem = await tokens(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Colours: change to Dark' }).click();
    expect(await tokens(page)).toEqual(bySystem);
    expect(Object.keys(bySystem).length).toBeGreaterThan(20);
  });
});

/** What is written, and on what (`styles/tokens.css`). */
const INK_ON_PAPER = [
  ['text', 'page'],
  ['text', 'surface'],
  ['text', 'sunken'],
  ['text-muted', 'page'],
  ['text-muted', 'surface'],
  ['text-muted', 'sunken'],
  ['accent', 'surface'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent'],
  ['danger', 'surface'],
  ['danger', 'danger-soft'],
  ['on-danger', 'danger'],
  ['warning', 'warning-soft'],
  ['ok', 'ok-soft'],
] as const;

const MARKS = ['hit', 'miss', 'stale', 'saved', 'danger', 'line-strong'] as const;

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
async function contrast(page: Page, ink: string, paper: string): Promise<number> {
  const [a, b] = await page.evaluate(
    (names) =>
      names.map((name) => {
        const probe = document.createElement('i');
        probe.style.color = `var(--${name})`;
        document.body.append(probe);
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      }),
    [ink, paper],
  );
  const [dark, light] = [luminance(a ?? ''), luminance(b ?? '')].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** @param colour as `rgb(1, 2, 3)`. @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string | undefined): number {
  const [red = 0, green = 0, blue = 0] = [...(colour ?? '').matchAll(/\d+/g)].map(([channel]) => {
    const share = Number(channel) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Every colour token as it counts now. */
function tokens(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const names = [...document.styleSheets]
      .flatMap((sheet) => [...sheet.cssRules])
      .flatMap((rule) =>
        rule instanceof CSSStyleRule && rule.selectorText === ':root' ? [...rule.style] : [],
      )
      .filter((name) => name.startsWith('--'));
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]));
  });
}

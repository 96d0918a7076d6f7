import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export interface WatchedPageOptions extends BrowserContextOptions {
  /** What the test brings about itself, such as the console's line for an answer of 503. */
  expected?: RegExp;
}

/**
 * A page of its own context, of which nothing goes unnoticed: an error or warning on the console (a refused script or
 * style among them), an uncaught exception, a dialog of the browser, a request to another host. The test fails with it.
 */
export async function openWatchedPage(
  browser: Browser,
  address: string,
  { expected, ...options }: WatchedPageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    extraHTTPHeaders: { 'x-user': 'admin' },
    ...options,
  });
  const page = await context.newPage();
  const complaints = watch(page, new URL(address).host, expected);
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(address);
  return page;
}

/** What happens in the page that must not, as it happens. */
export function watch(page: Page, host: string, expected?: RegExp): string[] {
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (expected?.test(text) !== true) complaints.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complain(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complain(`uncaught: ${error.message}`));
  page.on('dialog', (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== host) complain(`asked ${url.host}`);
  });
  return complaints;
}

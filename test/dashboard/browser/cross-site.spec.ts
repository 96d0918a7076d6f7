import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startBrowserApp } from './support/browser-app.js';
import { describeInBrowser, useBrowser } from './support/chromium.js';

/** Another site, with an empty page, on another port: another origin to a browser. */
async function startOtherSite(): Promise<string> {
  const server = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html').end('<!doctype html>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describeInBrowser('another site in the browser of somebody who may act', () => {
  const browser = useBrowser();

  async function onOtherSite() {
    // Looked at where they are sent from: the browser keeps some of them from the page that asked.
    const answers: number[] = [];
    const app = await startBrowserApp({
      configure: (nest) => {
        nest.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          if (request.method === 'POST') response.on('finish', () => answers.push(response.statusCode));
          next();
        });
      },
    });
    await app.fillAsUsersDo();
    // Sent with every request, as a cookie would be.
    const context = await browser().newContext({ extraHTTPHeaders: { 'x-user': 'admin' } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(await startOtherSite());
    return { app, page, answers, target: `${app.base}/api/actions/clear` };
  }

  it('empties no cache by a form', async () => {
    const { app, page, answers, target } = await onOtherSite();
    await page.evaluate((address) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = address;
      form.enctype = 'text/plain';
      document.body.append(form);
      form.submit();
    }, target);
    await expect.poll(() => answers).toEqual([403]);
    expect((await app.cache.getStats()).totalEntries).toBe(4);
  });

  it('empties no cache by a simple request', async () => {
    const { app, page, answers, target } = await onOtherSite();
    await page.evaluate(async (address) => {
      const body = new Blob(['{}'], { type: 'text/plain' });
      // Even the empty answer that such a request may see is kept from it (Cross-Origin-Resource-Policy).
      await fetch(address, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(
        () => undefined,
      );
      navigator.sendBeacon(address, body);
    }, target);
    await expect.poll(() => answers).toEqual([403, 403]);
    expect((await app.cache.getStats()).totalEntries).toBe(4);
  });

  it('is not let send the header that an action must carry, nor read what there is to see', async () => {
    const { app, page, target } = await onOtherSite();
    const outcomes = await page.evaluate(async (address) => {
      const headers = { 'content-type': 'application/json', 'x-reports-cache-action': '1' };
      const attempts = [
        fetch(address, { method: 'POST', headers, body: '{}' }),
        fetch(address.replace('actions/clear', 'entries')),
      ];
      return (await Promise.allSettled(attempts)).map(({ status }) => status);
    }, target);
    expect(outcomes).toEqual(['rejected', 'rejected']);
    expect((await app.cache.getStats()).totalEntries).toBe(4);
  });

  it('shows the page in no frame', async () => {
    const { app, page } = await onOtherSite();
    const refusal = page.waitForEvent('console', (message) => /frame/i.test(message.text()));
    await page.evaluate((address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      document.body.append(frame);
    }, app.base);
    expect((await refusal).text()).toMatch(/frame-ancestors|X-Frame-Options/i);
  });
});

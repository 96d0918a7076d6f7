import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openView, startBrowserApp, type BrowserApp } from '../../dashboard/browser/support/browser-app.js';
import { tempFolder } from '../../support/temp-folder.js';
import { fillStore, type StoreSize } from './full-store.js';

/** Milliseconds. */
export const LIMIT_MS = 1_000;

export interface FirstViews extends StoreSize {
  /** Milliseconds until the overview is drawn, the median of readers who never came before. */
  readonly median: number;
  /** The same of the first of them, whose app has just started. */
  readonly afterStart: number;
  /** How many times as long as by itself something takes on this machine, as busy as it is. */
  readonly burden: number;
  /** What the median would be on a machine that does nothing else. */
  readonly medianAlone: number;
}

const READERS = 5;

const BURDEN_WORK_MS = 100;

/**
 * Fills a store, starts an app on it, and has readers open the page in a browser that has nothing of it yet.
 * @param prepare changes the app before anybody looks.
 */
export async function lookFirst(
  browser: Browser,
  size: StoreSize,
  prepare: (app: BrowserApp) => void = () => undefined,
): Promise<FirstViews> {
  const cache = { database: { path: join(tempFolder(), 'cache.sqlite') } };
  const filling = await startBrowserApp({ cache });
  await fillStore(filling, size);
  await filling.app.close();
  const app = await startBrowserApp({ cache });
  prepare(app);
  const took: number[] = [];
  const burdens = [burdenOfMachine()];
  for (let reader = 0; reader <= READERS; reader++) {
    took.push(await timeOfFirstView(browser, app));
    burdens.push(burdenOfMachine());
  }
  const [afterStart = NaN, ...later] = took;
  const [median, burden] = [medianOf(later), medianOf(burdens)];
  return { ...size, median, afterStart, burden, medianAlone: median / burden };
}

/** By what other processes leave of a core: wall time by processor time of work that waits for nothing. */
function burdenOfMachine(): number {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  while (cpuMs() < BURDEN_WORK_MS);
  return Math.max(1, (performance.now() - startedAt) / cpuMs());
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** From the address being entered to the figures being there. */
async function timeOfFirstView(browser: Browser, app: BrowserApp): Promise<number> {
  const page = await openView(browser, app);
  const drawnAt = await page.evaluate(() => performance.now());
  const requests = await page
    .locator('.figure', { hasText: 'Requests' })
    .locator('.figure-value')
    .innerText();
  if (requests === '0') throw new Error('the page shows nothing');
  await page.context().close();
  return drawnAt;
}

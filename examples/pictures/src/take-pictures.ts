import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

interface Picture {
  readonly name: string;
  readonly view: string;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', view: 'overview', colorScheme: 'light', width: 1280, height: 960 },
  { name: 'reports', view: 'types', colorScheme: 'dark', width: 1280, height: 640 },
  { name: 'entries', view: 'entries', colorScheme: 'light', width: 1280, height: 640 },
  { name: 'phone', view: 'overview', colorScheme: 'dark', width: 375, height: 760 },
];

/**
 * Takes the pictures of the README, with Debian's `chromium` or the browser of `CHROMIUM_PATH`.
 * @param now epoch milliseconds that the page takes for now
 */
export async function takePictures(address: string, folder: string, now: number): Promise<void> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const picture of PICTURES) await take(browser, picture, address, folder, now);
  } finally {
    await browser.close();
  }
}

async function take(
  browser: Browser,
  { name, view, colorScheme, width, height }: Picture,
  address: string,
  folder: string,
  now: number,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    extraHTTPHeaders: { 'x-user': 'anna' },
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(now);
  await page.goto(`${address}#/${view}`);
  await page.locator('main .region[aria-busy="false"]').waitFor();
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}

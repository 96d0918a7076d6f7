import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

/** Debian's package `chromium`; another one by `CHROMIUM_PATH`. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** So that the browser itself asks nobody for anything while it is watched. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A suite that needs a browser: skipped, with a word, on a machine that has none. */
export const describeInBrowser = existsSync(executablePath) ? describe : skipWithWord();

function skipWithWord(): typeof describe.skip {
  console.warn(`Skipped: no browser at ${executablePath}. Install chromium, or set CHROMIUM_PATH.`);
  return describe.skip;
}

/** One browser for all tests of the suite; each opens a context of its own in it. */
export function useBrowser(): () => Browser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: QUIET });
  });
  afterAll(() => browser?.close());
  return () => browser;
}

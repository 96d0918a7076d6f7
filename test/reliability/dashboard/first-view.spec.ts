import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../../dashboard/browser/support/chromium.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { LIMIT_MS, lookFirst } from './first-view.js';

const SIZE = sized({
  short: { entries: 20_000, logged: 200_000 },
  long: { entries: 100_000, logged: 1_000_000 },
});

describeInBrowser('the dashboard of a large store', () => {
  const browser = useBrowser();

  test('shows its first view in less than a second', { timeout: TEST_TIMEOUT_MS }, async () => {
    const views = await lookFirst(browser(), SIZE);
    reportFigures('14 dashboard', { ...views });
    expect(views.medianAlone).toBeLessThan(LIMIT_MS);
  });
});

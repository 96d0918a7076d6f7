import { expect, test, vi } from 'vitest';
import { PerformanceReportService } from '../../../src/index.js';
import { PerformanceLogRepository } from '../../../src/storage/repositories/performance-log.repository.js';
import type { BrowserApp } from '../../dashboard/browser/support/browser-app.js';
import { describeInBrowser, useBrowser } from '../../dashboard/browser/support/chromium.js';
import { reportFigures } from '../support/figures.js';
import { TEST_TIMEOUT_MS } from '../support/form.js';
import { LIMIT_MS, lookFirst } from './first-view.js';

/** Sums the log up when somebody looks, as the page would have to without sums by hour and day. */
function sumUpAtEachLook({ app }: BrowserApp): void {
  const report = app.get(PerformanceReportService, { strict: false });
  const log = app.get(PerformanceLogRepository, { strict: false });
  const overview = report.overview.bind(report);
  vi.spyOn(report, 'overview').mockImplementation(async (range) => {
    await log.summarize();
    return overview(range);
  });
}

describeInBrowser('the harness', () => {
  const browser = useBrowser();

  test('notices a page that sums the log up at each look', { timeout: TEST_TIMEOUT_MS }, async () => {
    const views = await lookFirst(browser(), { entries: 1_000, logged: 400_000 }, sumUpAtEachLook);
    reportFigures('14 dashboard, mutant', { ...views });
    expect(views.medianAlone).toBeGreaterThan(LIMIT_MS);
  });
});

import { expect, test } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { Payslips, runIsolation } from './isolation.js';

test(
  '100 users who ask for 50 reports 100,000 times, half of them hanging up, get nothing of one another',
  { timeout: 480_000 },
  async () => {
    const { url } = await startReportApp({ controllers: [Payslips] });
    const { answered, foreign } = await runIsolation(url, 100_000);
    expect(foreign).toBe(0);
    expect(answered).toBeGreaterThan(50_000 - 1);
  },
);

import { expect, test } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { sizedByStore } from '../support/test-store.js';
import { Payslips, runIsolation } from './isolation.js';

const REQUESTS = sizedByStore({ file: 100_000, server: 5_000 });

test(
  `100 users who ask for 50 reports ${REQUESTS} times, half of them hanging up, get nothing of one another`,
  { timeout: 480_000 },
  async () => {
    const { url } = await startReportApp({ controllers: [Payslips] });
    const { answered, foreign } = await runIsolation(url, REQUESTS);
    expect(foreign).toBe(0);
    expect(answered).toBeGreaterThan(REQUESTS / 2 - 1);
  },
);

import { expect, test, vi } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { Payslips, runIsolation } from './isolation.js';

vi.mock('../../src/http/cache-request.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  toEntryName: (_plan: unknown, incoming: { url: string }) => ({
    key: incoming.url,
    type: 'payslip',
    companyId: null,
    username: null,
  }),
}));

test('the harness notices a key made of the URL alone', async () => {
  const { url } = await startReportApp({ controllers: [Payslips] });
  const { foreign } = await runIsolation(url, 2_000);
  expect(foreign).toBeGreaterThan(0);
});

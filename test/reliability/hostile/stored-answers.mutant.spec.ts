import { expect, test, vi } from 'vitest';
import { startReportApp } from '../../support/report-app.js';
import { RowReports, runStoredAnswers } from './stored-answers.js';

vi.mock('../../../src/http/stored-head.js', () => ({ readStoredHead: JSON.parse }));

test('the forged answers notice a head that is taken as it is', async () => {
  const app = await startReportApp({ controllers: [RowReports], cache: { memory: false } });
  const { findings } = await runStoredAnswers(app, 250, 2_000);
  expect(findings.join()).toMatch(/status 500|a cookie from the row|no answer in time/);
});

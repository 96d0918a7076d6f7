import { expect, test, vi } from 'vitest';
import { InvalidOptionsError, ReportsCacheMetricsModule } from '../../src/index.js';
import { TelemetryHub } from '../../src/telemetry/telemetry-hub.js';
import { http } from '../support/http-client.js';
import { startReportApp } from '../support/report-app.js';
import { Reports } from './support/reports.controller.js';

function notInstalled(): never {
  throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
}

vi.mock('@opentelemetry/api', notInstalled);
vi.mock('prom-client', notInstalled);

test('without the optional packages reports are cached as ever, and nothing is wrapped', async () => {
  const { url, app, logger } = await startReportApp({ controllers: [Reports] });
  for (const xCache of ['MISS', 'HIT'])
    expect((await http(`${url}/reports/ledger?companyId=1`)).xCache).toBe(xCache);
  const work = Promise.resolve(1);
  expect(app.get(TelemetryHub, { strict: false }).during('load', 'ledger', () => work, String)).toBe(work);
  expect(logger.warnings).toEqual([]);
});

test('who asks for the endpoint without its package is told what to install', async () => {
  const started = startReportApp({ imports: [ReportsCacheMetricsModule.forRoot()] });
  await expect(started).rejects.toThrow(InvalidOptionsError);
  await expect(started).rejects.toThrow(/npm install prom-client/);
});

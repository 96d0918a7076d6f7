import { expect, test } from 'vitest';
import { ADAPTERS, startReportApp } from '../../support/report-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { EchoReports } from './echo.controller.js';
import { LineCollector } from './log-lines.js';
import { runRequests } from './requests.js';

const INPUTS = sized({ short: 25_000, long: 500_000 });

test.each(ADAPTERS)(
  'a hostile client gets its own answer, or none, and writes no line of the log (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (adapter) => {
    const identify = ({ headers }: { headers: Record<string, string> }) => ({ username: headers['x-user'] });
    const log = new LineCollector();
    const { url, app, databasePath } = await startReportApp({
      adapter,
      controllers: [EchoReports],
      cache: { identify, refresh: { allow: () => true, minAge: 1 } },
    });
    app.useLogger(log);
    const { inputs, hits, findings } = await runRequests(url, databasePath, INPUTS);
    reportFigures(`10 hostile requests ${adapter}`, {
      inputs,
      hits,
      findings: findings.length,
      lines: log.lines,
    });
    expect(findings).toEqual([]);
    expect(log.injected).toEqual([]);
    expect(log.lines).toBeGreaterThan(0);
    expect(hits).toBeGreaterThan(inputs / 100);
  },
);

import { expect, test } from 'vitest';
import { DRIVERS, startCacheApp } from '../../module/cache-app.js';
import { ADAPTERS, startReportApp } from '../../support/report-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { RowReports, runStoredAnswers } from './stored-answers.js';
import { runStoredValues } from './stored-values.js';

const INPUTS = sized({ short: 12_500, long: 250_000 });

test.each(DRIVERS)(
  'a value from a forged row is a value or a miss (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (type) => {
    const app = await startCacheApp({ cache: { database: { type }, memory: false } });
    const { inputs, findings } = await runStoredValues(app, INPUTS);
    reportFigures(`10 hostile stored values ${type}`, { inputs, findings: findings.length });
    expect(findings).toEqual([]);
  },
);

test.each(ADAPTERS)(
  'an answer from a forged row is an answer or a miss (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (adapter) => {
    const app = await startReportApp({ adapter, controllers: [RowReports], cache: { memory: false } });
    const { inputs, hits, findings } = await runStoredAnswers(app, INPUTS);
    reportFigures(`10 hostile stored answers ${adapter}`, { inputs, hits, findings: findings.length });
    expect(findings).toEqual([]);
    expect(hits).toBeGreaterThan(inputs / 100);
  },
);

import { expect, test } from 'vitest';
import { ADAPTERS } from '../../support/report-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { STORE_TIMEOUT_MS } from './books-app.js';
import { NORMAL_WITHIN_MS, runChaos } from './chaos-run.js';
import { FAULTS } from './chaotic-entries.js';

const MILLISECONDS = sized({ short: 1_000, long: 60_000 });

/** What a shared machine may add to a report by itself, beyond what it added while all was well. */
const ALLOWANCE_MS = 1_000;

const cases = ADAPTERS.flatMap((adapter) =>
  FAULTS.flatMap((fault) => [1, 10, 50, 100].map((percent) => [adapter, fault, percent] as const)),
);

test.each(cases)(
  'on %s every report is right and in time while the store %s at %i of 100 calls',
  { timeout: TEST_TIMEOUT_MS },
  async (adapter, fault, percent) => {
    const result = await runChaos(adapter, fault, percent, MILLISECONDS);
    reportFigures(`4 chaos, ${adapter} ${fault} ${percent} %`, {
      reports: result.reports,
      wrong: result.wrong.length,
      'slowest ms': result.slowest,
      'median once open ms': result.medianOnceOpen,
      'asked once open': result.askedOnceOpen,
      'normal after ms': result.normalAfter,
      'acknowledged and missing': result.missing.length,
    });
    expect(result.wrong).toEqual([]);
    expect(result.missing).toEqual([]);
    expect(result.slowest).toBeLessThan(result.slowestInCalm + STORE_TIMEOUT_MS + ALLOWANCE_MS);
    expect(result.normalAfter).toBeLessThan(NORMAL_WITHIN_MS);
    if (percent === 100) expect(result.askedOnceOpen).toBeLessThanOrEqual(2 + MILLISECONDS / 1_000);
  },
);

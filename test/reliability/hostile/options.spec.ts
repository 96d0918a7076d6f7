import { expect, test } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runModuleOptions, runRouteOptions } from './options.js';

const INPUTS = sized({ short: 25_000, long: 500_000 });

test.each([
  ['of the module', runModuleOptions],
  ['of routes', runRouteOptions],
] as const)(
  'hostile options %s are resolved, or refused by name',
  { timeout: TEST_TIMEOUT_MS },
  (what, run) => {
    const { inputs, findings } = run(INPUTS);
    reportFigures(`10 hostile options ${what}`, { inputs, findings: findings.length });
    expect(findings).toEqual([]);
  },
);

import { expect, test } from 'vitest';
import { Cleanup } from '../../../src/maintenance/cleanup.js';
import { DRIVERS } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runCleanup } from './cleanup-run.js';
import { harmOf } from './harm.js';

const ROWS = sized({ short: 200_000, long: 1_000_000 });

test.each(DRIVERS)(
  'removing many expired rows holds up neither readers nor the event loop, on %s',
  { timeout: TEST_TIMEOUT_MS },
  async (type) => {
    const run = await runCleanup(type, ROWS, (app) => app.get(Cleanup).run());
    reportFigures(`6 cleanup ${type}`, { rows: ROWS, ...run });
    expect(harmOf(run)).toEqual([]);
  },
);

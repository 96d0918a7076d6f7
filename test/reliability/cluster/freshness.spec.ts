import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { runHistory } from '../processes/run-history.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { INSTANCES, onPostgres, STALENESS_MS } from './instances.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const OPERATIONS = sized({ short: 20_000, long: 2_000_000 });

test.skipIf(!hasPostgres)(
  '3 instances with 16 flows each never answer with what was dropped or replaced',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: INSTANCES, cache: onPostgres() });
    const { failures, ...result } = await runHistory(crew, OPERATIONS, STALENESS_MS);
    reportFigures('13 freshness', { ...result, failures: failures.length });
    expect(failures).toEqual([]);
    expect(result).toMatchObject({ outdatedOwn: 0, outdatedForeign: 0, mixedUp: 0 });
    expect(result.hits / result.reads).toBeGreaterThan(0.1);
  },
);

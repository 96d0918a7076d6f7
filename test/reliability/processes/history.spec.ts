import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { Crew } from './crew.js';
import { runHistory } from './run-history.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const OPERATIONS = sized({ short: 50_000, long: 5_000_000 });

test.each(sized<('sqlite' | 'better-sqlite3')[]>({ short: ['sqlite'], long: ['sqlite', 'better-sqlite3'] }))(
  '8 processes with 16 flows each never answer with what was dropped or replaced (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (driver) => {
    const crew = await Crew.start(startWorker, { processes: 8, driver });
    const { failures, ...result } = await runHistory(crew, OPERATIONS);
    reportFigures(`5 history, ${driver}`, { ...result, failures: failures.length });
    expect(failures).toEqual([]);
    expect(result).toMatchObject({ outdatedOwn: 0, outdatedForeign: 0, mixedUp: 0 });
    expect(result.hits / result.reads).toBeGreaterThan(0.1);
  },
);

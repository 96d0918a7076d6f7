import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runColdKeys } from './cold-keys.js';
import { Crew } from './crew.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const KEYS = sized({ short: 50, long: 2_000 });

test.each(sized<('sqlite' | 'better-sqlite3')[]>({ short: ['sqlite'], long: ['sqlite', 'better-sqlite3'] }))(
  'a key that is cold in 8 processes runs its source once (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (driver) => {
    const crew = await Crew.start(startWorker, { processes: 8, driver });
    const { keys, runs, wrongAnswers } = await runColdKeys(crew, KEYS);
    reportFigures(`5 cold keys, ${driver}`, { keys, runs, wrongAnswers });
    expect({ runs, wrongAnswers }).toEqual({ runs: KEYS, wrongAnswers: 0 });
  },
);

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { runColdKeys } from '../processes/cold-keys.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { INSTANCES, onPostgres } from './instances.js';
import { runStampede } from './stampede.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const KEYS = sized({ short: 50, long: 2_000 });

test.skipIf(!hasPostgres)(
  '10,000 callers of 3 instances who want one cold key run its source once',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: INSTANCES, cache: onPostgres() });
    const { callers, runs, wrongAnswers } = await runStampede(crew, 10_000);
    reportFigures('13 stampede', { callers, runs, wrongAnswers });
    expect({ runs, wrongAnswers }).toEqual({ runs: 1, wrongAnswers: 0 });
  },
);

test.skipIf(!hasPostgres)(
  'each of many keys that are cold in 3 instances runs its source once',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: INSTANCES, cache: onPostgres() });
    const { keys, runs, wrongAnswers } = await runColdKeys(crew, KEYS);
    reportFigures('13 cold keys', { keys, runs, wrongAnswers });
    expect({ runs, wrongAnswers }).toEqual({ runs: KEYS, wrongAnswers: 0 });
  },
);

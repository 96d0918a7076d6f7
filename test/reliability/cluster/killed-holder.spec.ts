import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { killHolders, LEASE_MS, SOURCE_MS } from '../processes/killed-holders.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { INSTANCES, onPostgres } from './instances.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const ROUNDS = sized({ short: 2, long: 100 });

test.skipIf(!hasPostgres)(
  'when the instance that loads is killed, another takes over within lease, load and a second',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: INSTANCES, cache: onPostgres() });
    const { runs, slowestMs } = await killHolders(crew, ROUNDS);
    reportFigures('13 killed holder', { rounds: ROUNDS, runs, slowestMs });
    expect(runs).toBe(ROUNDS);
    expect(slowestMs).toBeLessThan(LEASE_MS + SOURCE_MS + 2_000);
  },
);

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { Crew } from './crew.js';
import { killHolders, LEASE_MS, SOURCE_MS } from './killed-holders.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const ROUNDS = sized({ short: 3, long: 100 });
test(
  'when the process that loads is killed, another takes over within lease, load and a second',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: 4 });
    const { runs, slowestMs } = await killHolders(crew, ROUNDS);
    reportFigures('5 killed holder', { rounds: ROUNDS, runs, slowestMs });
    expect(runs).toBe(ROUNDS);
    expect(slowestMs).toBeLessThan(LEASE_MS + SOURCE_MS + 1_000);
  },
);

test('a load that takes longer than a lease keeps it', { timeout: TEST_TIMEOUT_MS }, async () => {
  const crew = await Crew.start(startWorker, { processes: 3 });
  const answers = await crew.all('load', () => ({ key: 'long', sourceMs: LEASE_MS + 3_000 }));
  const runs = answers.reduce((sum, answer) => sum + answer.runs, 0);
  reportFigures('5 load longer than a lease', { runs });
  expect(runs).toBe(1);
});

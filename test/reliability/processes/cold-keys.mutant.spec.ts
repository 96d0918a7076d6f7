import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { runColdKeys } from './cold-keys.js';
import { Crew } from './crew.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test('the cold keys show a build without leases', { timeout: 120_000 }, async () => {
  const crew = await Crew.start(startWorker, { processes: 4, mutant: 'no lease' });
  const { keys, runs } = await runColdKeys(crew, 10);
  reportFigures('5 cold keys, mutant: no lease', { keys, runs });
  expect(runs).toBeGreaterThan(keys);
});

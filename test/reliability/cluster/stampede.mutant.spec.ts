import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { reportFigures } from '../support/figures.js';
import { INSTANCES, onPostgres } from './instances.js';
import { runStampede } from './stampede.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(!hasPostgres)('the stampede shows a build without leases', { timeout: 120_000 }, async () => {
  const crew = await Crew.start(startWorker, {
    processes: INSTANCES,
    cache: onPostgres(),
    mutant: 'no lease',
  });
  const { callers, runs } = await runStampede(crew, 300);
  reportFigures('13 stampede, mutant: no lease', { callers, runs });
  expect(runs).toBeGreaterThan(1);
});

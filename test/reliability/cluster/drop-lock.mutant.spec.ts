import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { runHistory } from '../processes/run-history.js';
import { reportFigures } from '../support/figures.js';
import { INSTANCES, onPostgres, STALENESS_MS } from './instances.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(!hasPostgres)(
  'the history shows a build whose drops and fills do not wait for one another',
  { timeout: 300_000 },
  async () => {
    const crew = await Crew.start(startWorker, {
      processes: INSTANCES,
      cache: onPostgres(),
      mutant: 'no lock around drops',
    });
    const { outdatedOwn, outdatedForeign } = await runHistory(crew, 4_000, STALENESS_MS);
    reportFigures('13 freshness, mutant: no lock around drops', { outdatedOwn, outdatedForeign });
    expect(outdatedOwn + outdatedForeign).toBeGreaterThan(0);
  },
);

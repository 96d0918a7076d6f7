import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { runHistory } from '../processes/run-history.js';
import { reportFigures } from '../support/figures.js';
import { INSTANCES, onPostgres, STALENESS_MS } from './instances.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(!hasPostgres)(
  'the history shows instances that neither hear nor ask what others dropped',
  { timeout: 300_000 },
  async () => {
    const cache = onPostgres();
    const crew = await Crew.start(startWorker, {
      processes: INSTANCES,
      cache,
      mutant: 'no word from others',
    });
    const { outdatedForeign } = await runHistory(crew, 10_000, STALENESS_MS);
    reportFigures('13 freshness, mutant: no notice, no poll, no bound', { outdatedForeign });
    expect(outdatedForeign).toBeGreaterThan(0);
  },
);

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { noOwnPostgres } from '../../support/own-postgres.js';
import { reportFigures } from '../support/figures.js';
import { runServerFault } from './server-fault-run.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(noOwnPostgres !== undefined)(
  'a server that is stopped shows a build that does not wait for the drops of others',
  { timeout: 120_000 },
  async () => {
    const { outdatedForeign } = await runServerFault(startWorker, 'is stopped', {
      milliseconds: 4_000,
      mutant: 'no time to make up for drops',
    });
    reportFigures('13 the server is stopped, mutant: no time to make up for drops', { outdatedForeign });
    expect(outdatedForeign).toBeGreaterThan(0);
  },
);

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { Crew } from './crew.js';
import { runHistory } from './run-history.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test(
  'the history shows a build that stores what another process has overtaken',
  { timeout: 300_000 },
  async () => {
    const crew = await Crew.start(startWorker, { processes: 4, mutant: 'no cross-process generation' });
    const { outdatedForeign } = await runHistory(crew, 10_000);
    reportFigures('5 history, mutant: no cross-process generation', { outdatedForeign });
    expect(outdatedForeign).toBeGreaterThan(0);
  },
);

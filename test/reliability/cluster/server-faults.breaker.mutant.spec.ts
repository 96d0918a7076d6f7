import { expect, test, vi } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { noOwnPostgres } from '../../support/own-postgres.js';
import { reportFigures } from '../support/figures.js';
import { runServerFault, STORE_TIMEOUT_MS } from './server-fault-run.js';

vi.mock('../../../src/cache/circuit-breaker.js', () => ({
  CircuitBreaker: class {
    admits() {
      return true;
    }
    succeeded() {}
    failed() {}
  },
}));

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(noOwnPostgres !== undefined)(
  'a server that stands still shows a build whose breaker never opens',
  { timeout: 120_000 },
  async () => {
    const { medianOnceOpen } = await runServerFault(startWorker, 'stands still', {
      milliseconds: 3_000,
      mutant: 'no breaker',
    });
    reportFigures('13 the server stands still, mutant: no breaker', { medianOnceOpen });
    expect(medianOnceOpen).toBeGreaterThanOrEqual(STORE_TIMEOUT_MS);
  },
);

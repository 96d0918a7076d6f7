import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres, tempSchema } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { reportFigures } from '../support/figures.js';
import { TEST_TIMEOUT_MS } from '../support/form.js';
import { dropBehind, type WireFault } from './cut-off.js';
import { onPostgres, STALENESS_MS } from './instances.js';
import { Wire } from './wire.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

/** One read of the store, which may have to be given up. */
const STORE_TIMEOUT_MS = 250;

test.skipIf(!hasPostgres).each<WireFault>(['cut', 'freeze'])(
  'an instance whose wire to the server is lost (%s) stops answering from memory within the bound',
  { timeout: TEST_TIMEOUT_MS },
  async (fault) => {
    const [wire, schema] = [await Wire.lay(), tempSchema()];
    const crew = await Crew.start(startWorker, {
      processes: 2,
      cache: (index) => ({
        ...onPostgres(index === 1 ? wire.url : undefined, schema),
        storeTimeout: STORE_TIMEOUT_MS,
      }),
    });
    const servedForMs = await dropBehind(crew, wire, fault);
    reportFigures(`13 wire lost, ${fault}`, { servedForMs });
    expect(servedForMs).toBeLessThan(STALENESS_MS + 2 * STORE_TIMEOUT_MS);
  },
);

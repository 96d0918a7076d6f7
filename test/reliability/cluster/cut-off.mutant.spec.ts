import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres, tempSchema } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { reportFigures } from '../support/figures.js';
import { dropBehind } from './cut-off.js';
import { onPostgres, STALENESS_MS } from './instances.js';
import { Wire } from './wire.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(!hasPostgres)('a lost wire shows a build without a bound', { timeout: 120_000 }, async () => {
  const [wire, schema] = [await Wire.lay(), tempSchema()];
  const crew = await Crew.start(startWorker, {
    processes: 2,
    cache: (index) => onPostgres(index === 1 ? wire.url : undefined, schema),
    mutant: 'no bound',
  });
  const servedForMs = await dropBehind(crew, wire, 'cut');
  reportFigures('13 wire lost, mutant: no bound', { servedForMs });
  expect(servedForMs).toBeGreaterThan(2 * STALENESS_MS);
});

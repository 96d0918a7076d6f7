import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { Crew } from '../processes/crew.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { INSTANCES, onPostgres, POLL_MS, STALENESS_MS } from './instances.js';
import { runDrops } from './word-of-drops.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const DROPS = sized({ short: 100, long: 5_000 });

test.skipIf(!hasPostgres)(
  'what one instance drops leaves the memory of the others by notice, long before they poll',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: INSTANCES, cache: onPostgres() });
    await expect.poll(() => crew.all('notices', () => undefined)).toEqual(Array(INSTANCES).fill('listening'));
    const word = await runDrops(crew, DROPS, 100);
    reportFigures('13 word of drops, by notice', { ...word });
    expect(word.p99Ms).toBeLessThan(POLL_MS / 2);
  },
);

test.skipIf(!hasPostgres)(
  'it leaves their memory within the bound by polling alone',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, {
      processes: INSTANCES,
      cache: onPostgres(),
      mutant: 'no notices',
    });
    const word = await runDrops(crew, sized({ short: 30, long: 1_000 }), POLL_MS);
    reportFigures('13 word of drops, by polling', { ...word });
    expect(word.p50Ms).toBeGreaterThan(POLL_MS / 10);
    expect(word.p99Ms).toBeLessThan(STALENESS_MS);
  },
);

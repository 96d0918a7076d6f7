import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { noOwnPostgres } from '../../support/own-postgres.js';
import { LEASE_MS } from '../processes/killed-holders.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { NORMAL_WITHIN_MS, POOL_SIZE, runServerFault, STORE_TIMEOUT_MS } from './server-fault-run.js';
import { SERVER_FAULTS } from './server-faults.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const MILLISECONDS = sized({ short: 3_000, long: 120_000 });

/** What a shared machine may add to a report by itself, beyond what it added while all was well. */
const ALLOWANCE_MS = 1_000;

/** Requests and statements that follow one another until all is as before: what slows one down slows them all down. */
const SLOWNESS = 10;

if (noOwnPostgres !== undefined) process.stdout.write(`skipped: faults of a server, for ${noOwnPostgres}\n`);

test.skipIf(noOwnPostgres !== undefined).each(Object.keys(SERVER_FAULTS))(
  'every report is right and in time while the server %s',
  { timeout: TEST_TIMEOUT_MS },
  async (name) => {
    const result = await runServerFault(startWorker, name, { milliseconds: MILLISECONDS });
    const { wrong, missing, ...figures } = result;
    reportFigures(`13 the server ${name}`, { ...figures, wrong: wrong.length, missing: missing.length });
    expect(wrong).toEqual([]);
    expect(missing).toEqual([]);
    expect(result).toMatchObject({ outdatedOwn: 0, outdatedForeign: 0, mixedUp: 0 });
    // A read of the processes may ask for an entry, for the right to load it, and for the entry again; or wait for a
    // load of another process whose word of its end is lost.
    expect(result.slowest).toBeLessThan(result.slowestInCalm + STORE_TIMEOUT_MS + ALLOWANCE_MS);
    expect(result.slowestRead).toBeLessThan(
      result.slowestInCalm + 3 * STORE_TIMEOUT_MS + 2 * ALLOWANCE_MS + LEASE_MS,
    );
    if (!SERVER_FAULTS[name]!.isPassing)
      expect(result.medianOnceOpen).toBeLessThan(Math.max(result.slowestInCalm, STORE_TIMEOUT_MS / 2));
    expect(result.normalAfter).toBeLessThan(NORMAL_WITHIN_MS + SLOWNESS * result.slowestInCalm);
    const leavers = SERVER_FAULTS[name]!.hidesLeavers === true ? POOL_SIZE : 0;
    expect(result.connections).toBeLessThanOrEqual(POOL_SIZE + 1 + leavers);
    expect(result.slowestPlain).toBeLessThan(result.slowestInCalm + ALLOWANCE_MS);
    expect(result.slowestForeignQuery).toBeLessThan(result.slowestInCalm + ALLOWANCE_MS);
  },
);

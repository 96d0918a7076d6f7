import { expect, test } from 'vitest';
import { REPORTS, USERS } from '../../freshness/isolation.js';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres, inPostgres, tempSchema } from '../../support/postgres.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { startInstances } from './http-instances.js';
import { INSTANCES, onPostgres } from './instances.js';
import { runIsolationOver } from './isolation.js';

const startApp = childProgram('test/reliability/cluster/payslips-app.child.ts');

const REQUESTS = sized({ short: 12_000, long: 1_000_000 });

test.skipIf(!hasPostgres)(
  'users who ask 3 instances for their reports, half of the requests hanging up, get nothing of one another',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const schema = tempSchema();
    const args = [JSON.stringify(onPostgres(undefined, schema))];
    const instances = startInstances(Array.from({ length: INSTANCES }, () => startApp(args)));
    const urls = await Promise.all(instances.map((instance) => instance.listening()));
    const result = await runIsolationOver(urls, REQUESTS);
    const [stored] = await inPostgres<{ count: string }>(`SELECT COUNT(*) FROM "${schema}".cache_entries`);
    const entries = Number(stored!.count);
    reportFigures('13 isolation', { requests: REQUESTS, ...result, entries });
    expect(result.foreign).toBe(0);
    expect(result.answered).toBeGreaterThan(REQUESTS / 2 - 1);
    expect(entries).toBeGreaterThan((USERS * REPORTS) / 2);
    expect(entries).toBeLessThanOrEqual(USERS * REPORTS);
  },
);

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { reportFigures } from '../support/figures.js';
import { startInstances } from './http-instances.js';
import { INSTANCES, onPostgres } from './instances.js';
import { runIsolationOver } from './isolation.js';

const startApp = childProgram('test/reliability/cluster/payslips-app.child.ts');

test.skipIf(!hasPostgres)(
  'the harness notices keys that do not name the user',
  { timeout: 120_000 },
  async () => {
    const args = [JSON.stringify(onPostgres()), 'key without user'];
    const instances = startInstances(Array.from({ length: INSTANCES }, () => startApp(args)));
    const urls = await Promise.all(instances.map((instance) => instance.listening()));
    const { answered, foreign } = await runIsolationOver(urls, 3_000);
    reportFigures('13 isolation', { mutant: 'key without user', answered, foreign });
    expect(foreign).toBeGreaterThan(0);
  },
);

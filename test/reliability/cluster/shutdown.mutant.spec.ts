import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { reportFigures } from '../support/figures.js';
import { runClusterShutdown } from './shutdown.js';

const startApp = childProgram('test/reliability/cluster/loaded-instance.child.ts');

test.skipIf(!hasPostgres)(
  'shutdowns notice instances that close their pool without draining the queue',
  { timeout: 120_000 },
  async () => {
    const mutant = 'destroy without drain';
    const { refused, unstored, unlogged, leftBehind } = await runClusterShutdown(startApp, mutant);
    reportFigures('13 shutdown', { mutant, refused, unstored, unlogged, leftBehind });
    expect(unlogged).toBeGreaterThan(0);
    expect(leftBehind).toBeGreaterThan(0);
  },
);

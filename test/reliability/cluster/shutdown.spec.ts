import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { hasPostgres } from '../../support/postgres.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { total } from '../shutdown/totals.js';
import { runClusterShutdown, type ClusterRound } from './shutdown.js';

const startApp = childProgram('test/reliability/cluster/loaded-instance.child.ts');

const ROUNDS = sized({ short: 2, long: 100 });

test.skipIf(!hasPostgres)(
  'of 3 instances under load each that is told to end keeps what it promised, and the others go on',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const rounds: ClusterRound[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await runClusterShutdown(startApp));
    const { longestMs, ...counts } = total(rounds);
    const leftBehind = rounds.reduce((sum, round) => sum + round.leftBehind, 0);
    const fewestMeanwhile = Math.min(...rounds.map((round) => round.fewestMeanwhile));
    const drainedMs = Math.max(...rounds.map((round) => round.drainedMs));
    const others = { leftBehind, fewestMeanwhile };
    reportFigures('13 shutdown', { rounds: ROUNDS, ...counts, ...others, drainedMs, longestMs });
    expect(counts).toMatchObject({ lost: 0, unstored: 0, unlogged: 0, refused: 0, wrong: 0, held: 0 });
    expect(leftBehind).toBe(0);
    expect(fewestMeanwhile).toBeGreaterThan(0);
    expect(counts.acknowledged).toBeGreaterThan(ROUNDS);
    // By then the module gives up and leaves the rest; the end of the process is the machine's and Nest's as well.
    expect(drainedMs).toBeLessThan(5_000);
  },
);

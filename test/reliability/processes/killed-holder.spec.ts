import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { Crew } from './crew.js';
import { momentNow } from './history.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const ROUNDS = sized({ short: 3, long: 100 });
const LEASE_MS = 5_000;
const SOURCE_MS = 200;
const HOURS = 3_600_000;

test(
  'when the process that loads is killed, another takes over within lease, load and a second',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: 4 });
    const waits: number[] = [];
    let runs = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [holder, ...others] = crew.workers as [(typeof crew.workers)[0], ...typeof crew.workers];
      const key = `orphan-${round}`;
      const loading = holder.event('loading');
      holder.ask('load', { key, sourceMs: HOURS }).catch(() => undefined);
      await loading;
      const answers = others.map((worker) => worker.ask('load', { key, sourceMs: SOURCE_MS }));
      const killedAt = momentNow();
      await holder.kill();
      for (const answer of await Promise.all(answers)) {
        waits.push(answer.answeredAt - killedAt);
        runs += answer.runs;
      }
      await crew.replace(holder);
    }
    const slowestMs = Math.max(...waits);
    reportFigures('5 killed holder', { rounds: ROUNDS, runs, slowestMs });
    expect(runs).toBe(ROUNDS);
    expect(slowestMs).toBeLessThan(LEASE_MS + SOURCE_MS + 1_000);
  },
);

test('a load that takes longer than a lease keeps it', { timeout: TEST_TIMEOUT_MS }, async () => {
  const crew = await Crew.start(startWorker, { processes: 3 });
  const answers = await crew.all('load', () => ({ key: 'long', sourceMs: LEASE_MS + 3_000 }));
  const runs = answers.reduce((sum, answer) => sum + answer.runs, 0);
  reportFigures('5 load longer than a lease', { runs });
  expect(runs).toBe(1);
});

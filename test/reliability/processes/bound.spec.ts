import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { Crew } from './crew.js';
import { BOUND_MS } from './run-history.js';

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

const DROPS = sized({ short: 200, long: 20_000 });
const PAUSE_MS = 40;

test(
  'what one process drops is gone from the memory of 7 others within a second',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const crew = await Crew.start(startWorker, { processes: 8 });
    const delays: number[] = [];
    const dropping: Promise<void>[] = [];
    for (let index = 0; index < DROPS; index += 1) {
      dropping.push(drop(crew, index, delays));
      await setTimeout(PAUSE_MS);
    }
    await Promise.all(dropping);
    delays.sort((a, b) => a - b);
    const at = (share: number) => delays[Math.ceil(share * delays.length) - 1]!;
    reportFigures('5 bound', { drops: DROPS, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) });
    expect(delays).toHaveLength(DROPS * 7);
    expect(at(0.99)).toBeLessThan(BOUND_MS);
  },
);

async function drop(crew: Crew, index: number, delays: number[]): Promise<void> {
  const [one, ...others] = crew.workers as [(typeof crew.workers)[0], ...typeof crew.workers];
  const argument = { key: `bound-${index}` };
  await one.ask('set', argument);
  await Promise.all(others.map((other) => other.ask('hold', argument)));
  const gone = others.map((other) => other.ask('goneAt', argument));
  const droppedAt = await one.ask('drop', argument);
  for (const goneAt of await Promise.all(gone)) delays.push(Math.max(0, goneAt - droppedAt));
}

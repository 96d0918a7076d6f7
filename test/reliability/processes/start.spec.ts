import { once } from 'node:events';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';

const startChild = childProgram('test/storage/open-and-write.child.ts');

const ROUNDS = sized({ short: 1, long: 100 });
const PROCESSES = 32;

test.each(sized({ short: ['sqlite'], long: ['sqlite', 'better-sqlite3'] }))(
  '32 processes that start at once on a missing file all start, and write (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (driver) => {
    let started = 0;
    for (let round = 0; round < ROUNDS; round += 1) started += await startTogether(driver);
    reportFigures(`5 start, ${driver}`, { processes: PROCESSES * ROUNDS, started });
    expect(started).toBe(PROCESSES * ROUNDS);
  },
);

async function startTogether(driver: string): Promise<number> {
  const path = `${tempFolder()}/cache.sqlite`;
  const children = Array.from({ length: PROCESSES }, (_, index) => startChild([driver, path, `p${index}`]));
  await Promise.all(children.map((child) => once(child, 'message')));
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send('go');
  return (await Promise.all(ends)).filter(([code]) => code === 0).length;
}

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { percentile } from '../support/percentile.js';
import { runKillCycles } from './kill-cycles.js';

const startWriter = childProgram('test/reliability/kill/writer.child.ts');
const cycles = sized({ short: 25, long: 1_000 });

test.each(['sqlite', 'better-sqlite3'] as const)(
  'writers killed at any moment lose nothing that was acknowledged, and leave a file that opens at once (%s)',
  { timeout: TEST_TIMEOUT_MS },
  async (driver) => {
    const path = join(tempFolder(), 'cache.sqlite');
    const random = seededRandom(20_260_401);
    const { openings, ...counts } = await runKillCycles({ driver, path, cycles, random, startWriter });
    const openMsP99 = percentile(openings, 0.99);
    reportFigures('1 kill', { driver, cycles, ...counts, openMsP50: percentile(openings, 0.5), openMsP99 });
    expect(counts).toMatchObject({ lost: 0, torn: 0, corrupt: 0 });
    expect(counts.acknowledged).toBeGreaterThan(cycles);
    expect(openMsP99).toBeLessThan(500);
  },
);

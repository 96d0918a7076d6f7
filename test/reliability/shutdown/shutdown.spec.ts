import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runShutdowns } from './rounds.js';
import { total } from './totals.js';

const startApp = childProgram('test/reliability/shutdown/app.child.ts');
const rounds = sized({ short: 20, long: 500 });

test(
  'an app told to end under load keeps what it has promised, and ends by itself within 5 s',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const random = seededRandom(20_260_403);
    const { longestMs, ...counts } = total(
      await runShutdowns({ rounds, folder: tempFolder(), random, startApp }),
    );
    reportFigures('9 shutdown', { rounds, ...counts, longestMs });
    expect(counts).toMatchObject({ lost: 0, unstored: 0, unlogged: 0, refused: 0, wrong: 0, held: 0 });
    expect(counts.acknowledged).toBeGreaterThan(rounds);
    expect(counts.answered).toBeGreaterThan(rounds);
    expect(longestMs).toBeLessThan(5_000);
  },
);

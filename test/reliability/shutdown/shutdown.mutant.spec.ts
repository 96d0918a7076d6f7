import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { runShutdowns } from './rounds.js';
import { total } from './totals.js';

const startApp = childProgram('test/reliability/shutdown/undrained-app.child.ts');

test('shutdowns notice an app that destroys its connection without draining the queue', async () => {
  const random = seededRandom(20_260_403);
  const { refused, unstored, unlogged } = total(
    await runShutdowns({ rounds: 2, folder: tempFolder(), random, startApp }),
  );
  reportFigures('9 shutdown', { mutant: 'destroy without drain', rounds: 2, refused, unstored, unlogged });
  expect(refused).toBeGreaterThan(0);
  expect(unlogged).toBeGreaterThan(0);
});

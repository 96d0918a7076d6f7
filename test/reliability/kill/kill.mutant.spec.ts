import { join } from 'node:path';
import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { runKillCycles } from './kill-cycles.js';

const startWriter = childProgram('test/reliability/kill/hasty-writer.child.ts');

test('kills notice writers that acknowledge before the commit', async () => {
  const path = join(tempFolder(), 'cache.sqlite');
  const random = seededRandom(20_260_401);
  const { lost } = await runKillCycles({ driver: 'sqlite', path, cycles: 4, random, startWriter });
  reportFigures('1 kill', { mutant: 'acknowledge before commit', cycles: 4, lost });
  expect(lost).toBeGreaterThan(0);
});

import { expect, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { seededRandom } from '../../support/seeded-random.js';
import { tempFolder } from '../../support/temp-folder.js';
import { reportFigures } from '../support/figures.js';
import { cutPower } from './power-cuts.js';
import { missingForRecording, recordWriter } from './recorder.js';

const startWriter = childProgram('test/reliability/power-loss/unsynced-writer.child.ts');
const missing = missingForRecording();

test('power cuts notice a writer that syncs nothing', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const recorded = await recordWriter(startWriter, 'sqlite', 120);
  const options = { driver: 'sqlite' as const, states: 60, random: seededRandom(20_260_402) };
  const { corrupt, wrong } = await cutPower({ ...options, ...recorded, folder: tempFolder() });
  reportFigures('2 power loss', { mutant: 'synchronous=OFF', states: options.states, corrupt, wrong });
  expect(corrupt + wrong).toBeGreaterThan(0);
});

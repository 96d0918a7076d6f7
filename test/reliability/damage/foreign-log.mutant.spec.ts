import { expect, onTestFinished, test, vi } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { runDamages } from './damage-run.js';

vi.mock(import('../../../src/storage/sqlite/own-file.js'), async (original) => ({
  ...(await original()),
  fileIdOf: () => Promise.resolve(0),
}));

const startVandal = childProgram('test/reliability/damage/vandal.child.ts');

test('the damages notice a build that takes the log of any database for its own', async () => {
  const vandal = startVandal();
  onTestFinished(() => void vandal.kill());
  const { damages, wrong } = await runDamages(200, 20_261_122, vandal);
  reportFigures('3 damage, any log taken', { damages, 'wrong answers': wrong.length });
  expect(wrong.length).toBeGreaterThan(0);
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { runDamages } from './damage-run.js';

vi.mock('../../../src/storage/entries/entry-checksum.js', () => ({ entryChecksum: () => 0 }));

const startVandal = childProgram('test/reliability/damage/vandal.child.ts');

test('the damages notice a build without a checksum', async () => {
  const vandal = startVandal();
  onTestFinished(() => void vandal.kill());
  const { damages, wrong } = await runDamages(200, 20_261_122, vandal);
  reportFigures('3 damage, without a checksum', { damages, 'wrong answers': wrong.length });
  expect(wrong.length).toBeGreaterThan(0);
});

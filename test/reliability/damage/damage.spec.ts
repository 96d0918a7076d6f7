import { expect, onTestFinished, test } from 'vitest';
import { childProgram } from '../../support/child-process.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { percentile } from '../support/percentile.js';
import { runDamages } from './damage-run.js';

const startVandal = childProgram('test/reliability/damage/vandal.child.ts');

test(
  'a damaged file never gives a wrong answer, and is usable again within a second',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const vandal = startVandal();
    onTestFinished(() => void vandal.kill());
    const result = await runDamages(sized({ short: 2_000, long: 100_000 }), 20_261_122, vandal);
    reportFigures('3 damage', {
      damages: result.damages,
      'wrong answers': result.wrong.length,
      'right answers': result.right,
      'answers after their drop': result.undropped.length,
      'files set aside': result.setAside,
      'usable again, p50 ms': percentile(result.usableAfter, 0.5),
      'p99 ms': percentile(result.usableAfter, 0.99),
      'max ms': Math.max(...result.usableAfter),
    });
    expect(result.wrong).toEqual([]);
    expect(result.undropped).toEqual([]);
    expect(result.right).toBeGreaterThan(0);
    expect(percentile(result.usableAfter, 0.99)).toBeLessThan(1_000);
  },
);

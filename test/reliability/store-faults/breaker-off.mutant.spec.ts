import { expect, test, vi } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { runChaos } from './chaos-run.js';

vi.mock('../../../src/cache/circuit-breaker.js', () => ({
  CircuitBreaker: class {
    admits() {
      return true;
    }
    succeeded() {}
    failed() {}
  },
}));

test('the chaos notices a build whose breaker never opens', async () => {
  const { askedOnceOpen, medianOnceOpen } = await runChaos('express', 'hangs', 100, 1_000);
  reportFigures('4 chaos, breaker off', {
    'asked once open': askedOnceOpen,
    'median once open ms': medianOnceOpen,
  });
  expect(askedOnceOpen).toBeGreaterThan(3);
});

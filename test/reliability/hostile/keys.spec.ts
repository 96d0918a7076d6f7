import { expect, test } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runKeys } from './keys.js';

const INPUTS = sized({ short: 50_000, long: 1_000_000 });

test('hostile requests share a key only where they ask for the same', { timeout: TEST_TIMEOUT_MS }, () => {
  const { inputs, findings } = runKeys(INPUTS);
  reportFigures('10 hostile keys', { inputs, findings: findings.length });
  expect(findings).toEqual([]);
});

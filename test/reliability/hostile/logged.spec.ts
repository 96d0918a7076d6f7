import { expect, test } from 'vitest';
import { startCacheApp } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { runLogLines } from './logged.js';

const INPUTS = sized({ short: 2_000, long: 500_000 });

test('a hostile error is one line of the log', { timeout: TEST_TIMEOUT_MS }, async () => {
  const { inputs, lines, injected } = await runLogLines(await startCacheApp(), INPUTS);
  reportFigures('10 hostile log lines', { inputs, lines, injected });
  expect(injected).toBe(0);
  expect(lines).toBe(2 * inputs);
});

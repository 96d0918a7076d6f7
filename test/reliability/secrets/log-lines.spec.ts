import { expect, test } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { provokeLogLines } from './log-lines.js';

test('no log line of any level holds a username, a token or a figure', async () => {
  const { lines, telling } = await provokeLogLines();
  reportFigures('12 secrets', { 'log lines': lines, 'with a secret': telling.length });
  expect(lines).toBeGreaterThan(20);
  expect(telling).toEqual([]);
});

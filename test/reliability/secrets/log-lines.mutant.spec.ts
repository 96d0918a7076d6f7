import { expect, test, vi } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { provokeLogLines } from './log-lines.js';

vi.mock('../../../src/common/loggable.js', () => ({
  loggable: (error: unknown) => String(error),
  logDetail: () => undefined,
}));

test('telling lines are noticed in a build that logs the messages of errors', async () => {
  const { telling } = await provokeLogLines();
  reportFigures('12 secrets, mutant with messages', { 'with a secret': telling.length });
  expect(telling.length).toBeGreaterThan(3);
});

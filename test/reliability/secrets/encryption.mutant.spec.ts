import { expect, test } from 'vitest';
import { reportFigures } from '../support/figures.js';
import { forgeRows } from './stolen-file.js';

test('the forger of rows deceives a module without encryption', async () => {
  const result = await forgeRows(200, undefined);
  reportFigures('12 secrets, mutant without encryption', { ...result });
  expect(result.wrong).toBe(200);
});

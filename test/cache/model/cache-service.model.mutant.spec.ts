import { expect, test, vi } from 'vitest';
import { runModel } from './model-run.js';

vi.mock('../../../src/cache/generations.js', () => ({
  Generations: class {
    begin() {
      return { overtaken: false, release() {} };
    }
    advance() {}
  },
}));

test('the model notices a build without generations', { timeout: 60_000 }, async () => {
  await expect(runModel('sqlite', 200)).rejects.toThrow(/Property failed/);
});

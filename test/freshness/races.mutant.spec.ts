import { expect, test, vi } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { runRaces } from './races.js';

vi.mock('../../src/cache/generations.js', () => ({
  Generations: class {
    begin() {
      return { overtaken: false, release() {} };
    }
    advance() {}
  },
}));

test('the races notice a build without generations', async () => {
  const { app } = await startReportApp({});
  const { resurrected } = await runRaces(app, 500, 20_260_315);
  expect(resurrected).toBeGreaterThan(0);
});

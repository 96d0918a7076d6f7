import { expect, test } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { runRaces } from './races.js';

test(
  '10,000 races of a load against an invalidation bring no old answer back',
  { timeout: 480_000 },
  async () => {
    const { app } = await startReportApp({});
    expect(await runRaces(app, 10_000, 20_260_315)).toEqual({ races: 10_000, resurrected: 0 });
  },
);

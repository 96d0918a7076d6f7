import { expect, test } from 'vitest';
import { startReportApp } from '../support/report-app.js';
import { sizedByStore } from '../support/test-store.js';
import { runRaces } from './races.js';

const RACES = sizedByStore({ file: 10_000, server: 1_000 });

test(
  `${RACES} races of a load against an invalidation bring no old answer back`,
  { timeout: 480_000 },
  async () => {
    const { app } = await startReportApp({});
    expect(await runRaces(app, RACES, 20_260_315)).toEqual({ races: RACES, resurrected: 0 });
  },
);

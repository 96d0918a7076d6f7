import { expect, test } from 'vitest';
import { DRIVERS } from '../../module/cache-app.js';
import { sizedByStore } from '../../support/test-store.js';
import { runModel } from './model-run.js';

/** For each driver; `npm run test:model` runs fifty times as many. */
const SEQUENCES = Number(process.env['MODEL_SEQUENCES'] ?? sizedByStore({ file: 1_000, server: 200 }));

test.each(DRIVERS)(
  `over %s, ${SEQUENCES} sequences do what a map with expiry does, whatever is done in whatever order`,
  { timeout: 120_000 + SEQUENCES * 500 },
  async (type) => {
    expect(await runModel(type, SEQUENCES)).toBe(SEQUENCES);
  },
);

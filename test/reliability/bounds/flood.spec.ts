import { expect, test } from 'vitest';
import { DRIVERS } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { TEST_TIMEOUT_MS } from '../support/form.js';
import { FLOOD_KEYS, floodOf, MAX_FILE_BYTES, MAX_MEMORY_ENTRIES, startFloodedApp } from './flood-app.js';
import { type FloodResult, runFlood } from './flood.js';

/** Of `maxBytes`: a sixteenth more before somebody looks, and what is written meanwhile. */
const TOLERATED = 1.25;

function expectWithinBounds(result: FloodResult): void {
  expect(result.memoryEntries).toBeLessThanOrEqual(MAX_MEMORY_ENTRIES);
  expect(result.fileBytes).toBeLessThanOrEqual(MAX_FILE_BYTES * TOLERATED);
  expect(result.waitingWrites).toBeLessThanOrEqual(10_000);
}

const timeout = TEST_TIMEOUT_MS;

test('a flood of made-up parameters leaves hot reports in memory', { timeout }, async () => {
  const result = await runFlood(await startFloodedApp('sqlite', true), floodOf(FLOOD_KEYS));
  reportFigures('7 bounds memory', { keys: FLOOD_KEYS, ...result });
  expect(result).toMatchObject({ hotLookupsInFile: 0, hotLoads: 0 });
  expectWithinBounds(result);
});

test.each(DRIVERS)(
  'it leaves them in the file without memory before it, on %s',
  { timeout },
  async (type) => {
    const result = await runFlood(await startFloodedApp(type, false), floodOf(FLOOD_KEYS));
    reportFigures(`7 bounds file ${type}`, { keys: FLOOD_KEYS, ...result });
    expect(result).toMatchObject({ hotLoads: 0 });
    expectWithinBounds(result);
  },
);

test('one that asks for everything twice leaves the reports of other companies', { timeout }, async () => {
  const flood = floodOf(FLOOD_KEYS, { timesEach: 2, hotCompany: 8 });
  const result = await runFlood(await startFloodedApp('sqlite', true), flood);
  reportFigures('7 bounds company share', { keys: FLOOD_KEYS, ...result });
  expect(result).toMatchObject({ hotLookupsInFile: 0, hotLoads: 0 });
  expectWithinBounds(result);
});

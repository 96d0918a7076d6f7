import { describe, expect, test } from 'vitest';
import { DRIVERS } from '../../module/cache-app.js';
import { reportFigures } from '../support/figures.js';
import { TEST_TIMEOUT_MS } from '../support/form.js';
import { FLOOD, MAX_FILE_BYTES, MAX_MEMORY_ENTRIES, startFloodedApp } from './flood-app.js';
import { type FloodResult, runFlood } from './flood.js';

/** Of `maxBytes`, by which the file may exceed it before somebody looks, and what is written meanwhile. */
const TOLERATED = 1.25;

function report(where: string, result: FloodResult): void {
  reportFigures(`7 bounds ${where}`, { keys: FLOOD.keys, ...result });
}

describe.each(DRIVERS)('a flood of made-up parameters on %s', (type) => {
  test('leaves hot reports in memory, and every tier within its bounds', { timeout: TEST_TIMEOUT_MS }, async () => {
    const result = await runFlood(await startFloodedApp(type, true), FLOOD);
    report(`memory and ${type}`, result);
    expect(result.hotLookupsInFile).toBe(0);
    expect(result.hotLoads).toBe(0);
    expect(result.memoryEntries).toBeLessThanOrEqual(MAX_MEMORY_ENTRIES);
    expect(result.fileBytes).toBeLessThanOrEqual(MAX_FILE_BYTES * TOLERATED);
    expect(result.waitingWrites).toBeLessThanOrEqual(10_000);
  });

  test('leaves hot reports in the file, without memory before it', { timeout: TEST_TIMEOUT_MS }, async () => {
    const result = await runFlood(await startFloodedApp(type, false), FLOOD);
    report(type, result);
    expect(result.hotLoads).toBe(0);
    expect(result.fileBytes).toBeLessThanOrEqual(MAX_FILE_BYTES * TOLERATED);
  });
});

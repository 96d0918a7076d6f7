import { expect, test } from 'vitest';
import { DRIVERS } from '../../module/cache-app.js';
import { sized, TEST_TIMEOUT_MS } from '../support/form.js';
import { soakProgram } from './soak.js';

const soak = soakProgram();

const PLAN = sized({
  short: { seconds: 180, warmUp: 60, sampleEvery: 4 },
  long: { seconds: 8 * 3_600, warmUp: 600, sampleEvery: 60 },
});

test(
  'under mixed load nothing grows: heap, descriptors, timers and handles, file and log',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    // Both drivers at once, each in a process of its own: the time is the promise, not the number of operations.
    expect(await Promise.all(DRIVERS.map((driver) => soak({ driver, ...PLAN })))).toEqual([[], []]);
  },
);

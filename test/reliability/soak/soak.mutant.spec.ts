import { expect, test } from 'vitest';
import type { Figure } from './growth.js';
import { soakProgram } from './soak.js';

const soak = soakProgram();
const PLAN = { driver: 'sqlite', seconds: 30, warmUp: 10, sampleEvery: 2 } as const;

test('the soak finds planted leaks', { timeout: 120_000 }, async () => {
  const leaks: Figure[][] = [['heapBytes'], ['descriptors', 'resources', 'fileBytes']];
  const found = await Promise.all(leaks.map((planted) => soak({ ...PLAN, leaks: planted })));
  expect(found[0]).toEqual(leaks[0]);
  expect(found[1]).toEqual(expect.arrayContaining(leaks[1]!));
});

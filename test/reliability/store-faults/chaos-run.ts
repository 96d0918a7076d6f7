import { join } from 'node:path';
import { type AdapterName } from '../../support/report-app.js';
import { tempFolder } from '../../support/temp-folder.js';
import { percentile } from '../support/percentile.js';
import { startBooks, STORE_TIMEOUT_MS } from './books-app.js';
import { type Fault } from './chaotic-entries.js';
import { missing, normalAfter, readFor } from './readers.js';

export interface ChaosResult {
  reports: number;
  wrong: string[];
  /** Milliseconds of the slowest report, while the store misbehaved and before. */
  slowest: number;
  slowestInCalm: number;
  /** Of the reports asked for once the breaker had opened: the median, and how many of them asked the store. */
  medianOnceOpen: number;
  askedOnceOpen: number;
  /** Milliseconds until hits and writes worked again. */
  normalAfter: number;
  /** Acknowledged values that are not in the file. */
  missing: string[];
}

/** Promised: back to normal after so many milliseconds. */
export const NORMAL_WITHIN_MS = 5_000;

/** Has readers at an app whose store misbehaves for a while, first until the breaker may have opened, then after. */
export async function runChaos(
  adapter: AdapterName,
  fault: Fault,
  percent: number,
  milliseconds: number,
): Promise<ChaosResult> {
  const books = await startBooks(adapter, { path: join(tempFolder(), 'cache.sqlite') });
  const calm = await readFor(200, books, 1);
  books.entries.begin(fault, percent);
  const before = await readFor(6 * STORE_TIMEOUT_MS, books, 2);
  books.entries.asked = 0;
  const once = await readFor(milliseconds, books, 3);
  const askedOnceOpen = books.entries.asked;
  books.entries.stop();
  const after = await normalAfter(books, NORMAL_WITHIN_MS);
  const keys = [...before.acknowledged, ...once.acknowledged].map(({ key }) => key);
  return {
    reports: before.reports + once.reports,
    wrong: [...before.wrong, ...once.wrong],
    slowest: Math.max(...before.times, ...once.times),
    slowestInCalm: Math.max(...calm.times),
    medianOnceOpen: percentile(once.times, 0.5),
    askedOnceOpen,
    normalAfter: after,
    missing: await missing(books, keys),
  };
}

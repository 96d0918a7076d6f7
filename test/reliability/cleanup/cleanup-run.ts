import { setTimeout } from 'node:timers/promises';
import { type CacheApp, type Driver, startCacheApp } from '../../module/cache-app.js';
import { storeExpiredRows } from './expired-rows.js';
import { type Experience, p99, storeLiveReports, underLoad } from './load.js';

/** What a cleanup did to those who read and write meanwhile; `quiet` is the same load without it. Milliseconds. */
export interface CleanupRun {
  readonly totalMs: number;
  readonly quietReadP99Ms: number;
  readonly readP99Ms: number;
  readonly quietReadBusyP99Ms: number;
  readonly readBusyP99Ms: number;
  readonly quietLongestTurnMs: number;
  readonly longestTurnMs: number;
  readonly quietLongestBusyMs: number;
  readonly longestBusyMs: number;
  readonly mostWalBytes: number;
  readonly liveMisses: number;
  readonly expiredLeft: number;
}

/** Before and after the cleanup, for a machine's mood changes. */
const QUIET_MS = 4_000;

/** Removes so many expired rows while others read and write. */
export async function runCleanup(
  type: Driver,
  rows: number,
  clean: (app: CacheApp) => Promise<unknown>,
): Promise<CleanupRun> {
  const app = await startCacheApp({ cache: { database: { type }, memory: false } });
  await storeLiveReports(app);
  await storeExpiredRows(app, rows);
  const before = await underLoad(app, () => setTimeout(QUIET_MS));
  const startedAt = performance.now();
  const cleaning = await underLoad(app, () => clean(app));
  const totalMs = performance.now() - startedAt;
  const after = await underLoad(app, () => setTimeout(QUIET_MS));
  const { expiredEntries } = await app.service.getStats();
  return { totalMs, ...compare(cleaning, [before, after]), expiredLeft: expiredEntries };
}

function compare(
  cleaning: Experience,
  quiet: readonly Experience[],
): Omit<CleanupRun, 'totalMs' | 'expiredLeft'> {
  return {
    quietReadP99Ms: p99(quiet.flatMap(({ readMs }) => readMs)),
    readP99Ms: p99(cleaning.readMs),
    quietReadBusyP99Ms: p99(quiet.flatMap(({ readBusyMs }) => readBusyMs)),
    readBusyP99Ms: p99(cleaning.readBusyMs),
    quietLongestTurnMs: Math.max(...quiet.map(({ longestTurnMs }) => longestTurnMs)),
    longestTurnMs: cleaning.longestTurnMs,
    quietLongestBusyMs: Math.max(...quiet.map(({ longestBusyMs }) => longestBusyMs)),
    longestBusyMs: cleaning.longestBusyMs,
    mostWalBytes: cleaning.mostWalBytes,
    liveMisses: cleaning.misses,
  };
}

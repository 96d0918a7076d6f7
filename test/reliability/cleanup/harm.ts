import type { CleanupRun } from './cleanup-run.js';

const MAX_WAL_BYTES = 16 * 1024 * 1024;
const MAX_BUSY_MS = 50;
const MAX_RATIO = 2;

/** Below this a ratio of two times says more about timers than about who waited for whom. */
const UNNOTICED_MS = 5;

/** Which parts of promise 6 did not hold. */
export function harmOf(run: CleanupRun): string[] {
  const harm = {
    'expired rows are left': run.expiredLeft > 0,
    'live reports were not found': run.liveMisses > 0,
    'the write-ahead log grew': run.mostWalBytes >= MAX_WAL_BYTES,
    // What the load itself takes from the event loop is not the cleanup's.
    'the event loop was blocked': run.longestBusyMs >= MAX_BUSY_MS + run.quietLongestBusyMs,
    'reads waited': run.readBusyP99Ms >= Math.max(UNNOTICED_MS, MAX_RATIO * run.quietReadBusyP99Ms),
  };
  return Object.entries(harm).flatMap(([what, isTrue]) => (isTrue ? [what] : []));
}

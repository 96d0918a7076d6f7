import { setTimeout } from 'node:timers/promises';
import { doneOf, type SharedWarmUp } from '../../warm-up/warm-up-report.js';
import type { CommandContext } from '../command.js';

/** How often the store is looked at, in milliseconds. Apps note how far they are once a second. */
export const LOOK_EVERY_MS = 250;

/**
 * Shows how far a warm-up has come until it has ended.
 * @returns how it ended; `null` when there was none.
 */
export async function follow<Seen extends SharedWarmUp | null>(
  read: () => Promise<Seen>,
  { progress, signal }: CommandContext,
): Promise<Seen> {
  const next = async (): Promise<Seen> => {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
    return read();
  };
  let seen = await read();
  while (isRunning(seen) && seen.report.planned === 0) seen = await next();
  if (!isRunning(seen)) return seen;
  return progress.during('warm-up', seen.report.planned, async (bar) => {
    for (let done = 0; ;) {
      const now = seen === null ? done : doneOf(seen.report);
      bar.advance(now - done);
      done = now;
      if (!isRunning(seen)) return seen;
      seen = await next();
    }
  });
}

export function isRunning(seen: SharedWarmUp | null): seen is SharedWarmUp {
  return seen?.state === 'running';
}

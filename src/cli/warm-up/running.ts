import { setTimeout } from 'node:timers/promises';
import { PROGRESS_KEY, readSharedWarmUp, type SharedWarmUp } from '../../warm-up/warm-up-report.js';
import type { CommandContext } from '../command.js';
import type { Store } from '../store/store.js';
import { isRunning, LOOK_EVERY_MS } from './follow.js';

/** Apps look once a second for what they are told; a busy one takes longer. Milliseconds. */
const CANCEL_PATIENCE_MS = 10_000;

/** The newest warm-up of all apps, as they note it. */
export async function readLatest({ config, database }: Store): Promise<SharedWarmUp | null> {
  return readSharedWarmUp(await config.find(PROGRESS_KEY), database.clock.now());
}

/**
 * Tells all apps to end their warm-ups, and waits until the newest has.
 * @returns how it ended; `null` when none ran.
 */
export async function untilCancelled(store: Store, { signal }: CommandContext): Promise<SharedWarmUp | null> {
  const before = await readLatest(store);
  const order = await store.warmUps.underWay();
  if (order !== undefined) await store.warmUps.withdraw(order);
  await store.warmUps.tellToCancel();
  if (!isRunning(before) && order === undefined) return null;
  const deadline = performance.now() + CANCEL_PATIENCE_MS;
  for (;;) {
    const latest = await readLatest(store);
    const isOver = !isRunning(latest) && (await store.warmUps.underWay()) === undefined;
    if (isOver || performance.now() >= deadline) return latest;
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  }
}

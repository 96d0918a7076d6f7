import { setImmediate, setTimeout } from 'node:timers/promises';

/** Timers count whole milliseconds from the loop's last turn, which would hide or double what is to be measured. */
const TIMER_ERROR_MS = 2;

/** Waits to within some microseconds; the last two milliseconds turn the event loop. */
export async function waitExactly(milliseconds: number): Promise<void> {
  if (milliseconds <= 0) return;
  const end = performance.now() + milliseconds;
  await setTimeout(Math.max(0, milliseconds - TIMER_ERROR_MS));
  while (performance.now() < end) await setImmediate();
}

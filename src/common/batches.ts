import { setTimeout } from 'node:timers/promises';

/** How work in batches shares the machine with those who wait for answers. */
export interface Pace {
  /** What a batch should take, in milliseconds: little enough for whoever waits behind it not to notice. */
  readonly batchMs: number;
  /** The rest after a batch, as a multiple of the time it took. */
  readonly rest: number;
  /** In milliseconds: on a machine that is overloaded the work shall come to an end as well. */
  readonly longestRestMs: number;
}

/** For a driver that works in threads of its own: half of the processor and the disk are for others. */
export const besideThisThread: Pace = { batchMs: 3, rest: 1, longestRestMs: 10 };

/** For a driver that works in this thread, where every request waits for the batch: three quarters are theirs. */
export const withinThisThread: Pace = { batchMs: 1, rest: 3, longestRestMs: 25 };

/** Keeps a busy machine, where everything takes longer, from getting nothing done. */
const SMALLEST_BATCH = 50;

/**
 * Does a bounded batch again and again until one comes back that was not full. How much is done in a millisecond
 * depends on the disk, the rows and who else is at work, so each batch is measured and decides on the next.
 * @param largest batch.
 * @param batch does at most `size` of something and returns how many it did.
 * @param pace by the driver that does the work. Default: as if it worked in this thread.
 * @returns the sum of all.
 */
export async function repeatWhileFull(
  largest: number,
  batch: (size: number) => Promise<number>,
  pace: Pace = withinThisThread,
): Promise<number> {
  let size = Math.min(SMALLEST_BATCH, largest);
  for (let total = 0; ;) {
    const startedAt = performance.now();
    const done = await batch(size);
    total += done;
    if (done < size) return total;
    const tookMs = performance.now() - startedAt;
    size = Math.min(largest, nextSize(size, tookMs, pace));
    await setTimeout(Math.min(pace.longestRestMs, pace.rest * tookMs));
  }
}

/** At most twice as large: one batch that was quick by chance should not make the next one long. */
function nextSize(size: number, tookMs: number, { batchMs }: Pace): number {
  const fitting = Math.round(Math.min(2 * size, (size * batchMs) / tookMs));
  return Math.max(SMALLEST_BATCH, fitting);
}

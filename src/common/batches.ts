import { setTimeout } from 'node:timers/promises';

/** What a batch should take, in milliseconds: little enough for a reader that waits behind it not to notice. */
const BATCH_MS = 1;

/** Keeps a busy machine, where everything takes longer, from getting nothing done. */
const SMALLEST_BATCH = 50;

/** The rest after a batch, as a multiple of the time it took: three quarters of the processor and the disk are for others. */
const REST = 3;

/** In milliseconds: on a machine that is overloaded the work shall come to an end as well. */
const LONGEST_REST_MS = 25;

/**
 * Does a bounded batch again and again until one comes back that was not full. How much is done in a millisecond
 * depends on the disk, the rows and who else is at work, so each batch is measured and decides on the next.
 * @param largest batch.
 * @param batch does at most `size` of something and returns how many it did.
 * @returns the sum of all.
 */
export async function repeatWhileFull(
  largest: number,
  batch: (size: number) => Promise<number>,
): Promise<number> {
  let size = Math.min(SMALLEST_BATCH, largest);
  for (let total = 0; ;) {
    const startedAt = performance.now();
    const done = await batch(size);
    total += done;
    if (done < size) return total;
    const tookMs = performance.now() - startedAt;
    size = nextSize(size, tookMs, largest);
    await setTimeout(Math.min(LONGEST_REST_MS, REST * tookMs));
  }
}

/** At most twice as large: one batch that was quick by chance should not make the next one long. */
function nextSize(size: number, tookMs: number, largest: number): number {
  const fitting = Math.round(Math.min(2 * size, (size * BATCH_MS) / tookMs));
  return Math.min(largest, Math.max(SMALLEST_BATCH, fitting));
}

/**
 * Runs a bounded batch again and again until one comes back that was not full.
 * @param batch does at most `batchSize` of something and returns how many it did.
 * @returns the sum of all.
 */
export async function repeatWhileFull(batchSize: number, batch: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await batch();
    total += done;
    if (done < batchSize) return total;
  }
}

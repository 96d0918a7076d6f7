/**
 * Numbers from 0 below `count` as popular as words of a language: the n-th comes 1/n as often as the first. Each seed
 * gives a row of its own, the same at every run.
 */
export function zipf(count: number, seed: number): () => number {
  const sums = cumulated(count);
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return indexOf(sums, (state / 2 ** 32) * sums.at(-1)!);
  };
}

function cumulated(count: number): readonly number[] {
  let sum = 0;
  return Array.from({ length: count }, (_, index) => (sum += 1 / (index + 1)));
}

/** The first sum that is above `value`, by halving. */
function indexOf(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

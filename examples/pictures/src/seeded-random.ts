/**
 * Numbers from 0 up to 1, the same ones at every run: a linear congruential generator (Numerical Recipes), so that the
 * same week makes the same pictures.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One of these, the first ones more often. */
export function pick<T>(random: () => number, values: readonly T[]): T {
  const index = Math.floor(random() ** 2.2 * values.length);
  return values[index] as T;
}

/** A whole number from 0 to `below`, without it. */
export type Random = (below: number) => number;

/** Small, seeded and good enough to shuffle turns: a linear congruential generator (Numerical Recipes). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

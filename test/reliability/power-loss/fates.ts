import { type Random } from '../../support/seeded-random.js';
import { type Reached } from './disk-file.js';

/** Decides what of a file's unsynced changes reached the disk. */
export type Fate = (changes: number, random: Random) => Reached;

/** What power cuts do to what was not synced. */
export const FATES: Readonly<Record<string, Fate>> = {
  'all dropped': () => () => false,

  'all written': () => () => true,

  /** The changes up to one of them, of which some sectors. */
  'last one torn': (changes, random) => {
    const last = random(changes + 1);
    return (change) => change < last || (change === last && random(2) === 0);
  },

  /** A later change may be there while an earlier one is not. */
  'some of them': (changes, random) => {
    const reached = Array.from({ length: changes }, () => random(2) === 0);
    return (change) => reached[change]!;
  },

  /** Each sector as it was at a moment of its own. */
  'sector by sector': (changes, random) => {
    const moments = new Map<number, number>();
    return (change, sector) => {
      if (!moments.has(sector)) moments.set(sector, random(changes + 1));
      return change < moments.get(sector)!;
    };
  },
};

import { type Round } from './rounds.js';

const COUNTS = ['acknowledged', 'answered', 'lost', 'unstored', 'unlogged', 'refused', 'wrong'] as const;

/** What all rounds come to. */
export type Totals = Record<(typeof COUNTS)[number], number> & {
  /** Processes that did not end by themselves. */
  readonly held: number;
  /** From the signal to the end of the process, of those that did. */
  readonly longestMs: number;
};

export function total(rounds: readonly Round[]): Totals {
  const endings = rounds.flatMap(({ endedAfterMs }) => (endedAfterMs === undefined ? [] : [endedAfterMs]));
  const counts = COUNTS.map((name) => [name, rounds.reduce((sum, round) => sum + round[name], 0)] as const);
  return {
    ...(Object.fromEntries(counts) as Record<(typeof COUNTS)[number], number>),
    held: rounds.length - endings.length,
    longestMs: Math.max(0, ...endings),
  };
}

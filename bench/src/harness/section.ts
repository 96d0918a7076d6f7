import type { Samples, Subject } from './interleave.js';
import { median, spread } from './statistics.js';

export interface Row {
  readonly name: string;
  readonly median: number;
  /** Half the distance between slowest and fastest round, as a share of the median. */
  readonly spread: number;
  readonly samples: readonly number[];
  /** Further columns, by their heading. */
  readonly notes: Readonly<Record<string, string>>;
}

/** A ratio of two medians of one table, and what it should be. */
export interface GoalResult {
  readonly text: string;
  readonly ratio: number;
  readonly met: boolean;
}

/** One table. */
export interface Section {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  readonly goals: readonly GoalResult[];
}

/** `name` ÷ `yardstick`, at least or at most a limit. */
export interface Goal {
  readonly name: string;
  readonly yardstick: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function toSection<S extends Subject>(
  title: string,
  unit: string,
  samples: Samples<S>,
  goals: readonly Goal[] = [],
  notes: (subject: S) => Row['notes'] = () => ({}),
): Section {
  const rows = [...samples].map(([subject, values]) => ({
    name: subject.name,
    median: median(values),
    spread: spread(values),
    samples: values,
    notes: notes(subject),
  }));
  return { title, unit, rows, goals: goals.map((goal) => judge(goal, rows)) };
}

function judge({ name, yardstick, atLeast = 0, atMost = Infinity }: Goal, rows: readonly Row[]): GoalResult {
  const of = (wanted: string): number => rows.find((row) => row.name === wanted)?.median ?? NaN;
  const ratio = of(name) / of(yardstick);
  const limit = atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`;
  return { text: `${name} ÷ ${yardstick} ${limit}`, ratio, met: ratio >= atLeast && ratio <= atMost };
}

import type { Samples, Subject } from './interleave.js';
import { median, medianInterval, spread } from './statistics.js';

export interface Row {
  readonly name: string;
  readonly median: number;
  /** Half the distance between slowest and fastest round, as a share of the median. */
  readonly spread: number;
  readonly samples: readonly number[];
  /** Further columns, by their heading. */
  readonly notes: Readonly<Record<string, string>>;
}

/** A ratio of two rows of one table, and what it should be. */
export interface GoalResult {
  readonly text: string;
  readonly ratio: number;
  /** Of a paired ratio, with a probability of 95 %. */
  readonly interval?: readonly [low: number, high: number];
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
  /**
   * The median of the ratios of each round, instead of the ratio of two medians: for a difference that is smaller than
   * what the machine itself varies by from round to round. Default `false`.
   */
  readonly paired?: boolean;
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

function judge(goal: Goal, rows: readonly Row[]): GoalResult {
  const { name, yardstick, atLeast = 0, atMost = Infinity } = goal;
  const [row, other] = [name, yardstick].map((wanted) => rows.find((row) => row.name === wanted)!);
  const measured = goal.paired === true ? pairedRatio(row!, other!) : { ratio: row!.median / other!.median };
  const limit = atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const met = measured.ratio >= atLeast && measured.ratio <= atMost;
  return { text: `${name} ÷ ${yardstick} ${limit}`, ...measured, met };
}

function pairedRatio(row: Row, other: Row): Required<Pick<GoalResult, 'ratio' | 'interval'>> {
  const ratios = row.samples.map((sample, round) => sample / other.samples[round]!);
  return { ratio: median(ratios), interval: medianInterval(ratios) };
}

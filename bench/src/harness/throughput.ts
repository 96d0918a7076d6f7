import type { Benchmark, RunOptions } from './benchmark.js';
import { Child } from './child.js';
import { interleave, type Subject } from './interleave.js';
import { SIZES, type PayloadSize } from './payload.js';
import { toSection, type Goal } from './section.js';

/** One operation; `index` counts up, so that callers can walk through keys. */
export type Operation = (index: number) => Promise<unknown>;

/** Operations a second of several subjects, for each size of payload. */
export interface ThroughputPlan {
  readonly title: string;
  readonly unit: string;
  /** Operations under way at all times. */
  readonly callers: number;
  /** Names of {@link SIZES}. */
  readonly sizes: readonly string[];
  /** Each is opened in a process of its own: heap, compiled code and what TypeORM does to a driver stay apart. */
  readonly subjects: Readonly<Record<string, (size: PayloadSize) => Operation | Promise<Operation>>>;
  goals(size: PayloadSize): Goal[];
}

export interface ThroughputBenchmark extends Benchmark {
  readonly plan: ThroughputPlan;
}

export type ThroughputRequest =
  | { readonly kind: 'calibrate'; readonly roundMs: number; readonly callers: number }
  | { readonly kind: 'measure'; readonly count: number; readonly callers: number };

interface RunningSubject extends Subject {
  readonly child: Child<ThroughputRequest, number>;
  readonly count: number;
}

const SCRIPT = new URL('throughput-child.js', import.meta.url);

/** A benchmark whose module is its default export; `module` is that module's `import.meta.url`. */
export function throughputBenchmark(
  module: string,
  question: string,
  plan: ThroughputPlan,
): ThroughputBenchmark {
  return { question, plan, run };

  async function* run(options: RunOptions) {
    for (const size of SIZES.filter(({ name }) => plan.sizes.includes(name))) {
      const subjects: RunningSubject[] = [];
      for (const name of Object.keys(plan.subjects)) subjects.push(await start(name, size, options));
      const samples = await interleave(subjects, options.rounds, ({ child, count }) =>
        child.ask({ kind: 'measure', count, callers: plan.callers }),
      );
      for (const { child } of subjects) await child.stop();
      yield toSection(
        `${plan.title}, ${size.name}, callers: ${plan.callers}`,
        plan.unit,
        samples,
        plan.goals(size),
      );
    }
  }

  async function start(name: string, size: PayloadSize, { roundMs }: RunOptions): Promise<RunningSubject> {
    const child = await Child.start<ThroughputRequest, number>(SCRIPT, [module, name, size.name]);
    return { name, child, count: await child.ask({ kind: 'calibrate', roundMs, callers: plan.callers }) };
  }
}

import type { Section } from './section.js';

export interface RunOptions {
  /** `--quick`: fewer and shorter rounds, to see that everything runs. */
  readonly quick: boolean;
  /** How often each subject is measured. */
  readonly rounds: number;
  /** How long one measurement takes, in milliseconds. */
  readonly roundMs: number;
}

/** What a file of this folder exports: one question, answered by tables. */
export interface Benchmark {
  /** What is asked, in one sentence. */
  readonly question: string;
  run(options: RunOptions): AsyncIterable<Section>;
}

export function runOptions(quick: boolean): RunOptions {
  return quick ? { quick, rounds: 3, roundMs: 300 } : { quick, rounds: 7, roundMs: 1_000 };
}

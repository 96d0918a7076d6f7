import type { ProgressBar } from '../terminal/progress.js';
import type { Store } from '../store/store.js';

/** Something that is not as it should be. `subject` is what it is about: a key, an index, a message of SQLite's. */
export interface Finding {
  readonly problem: string;
  readonly subject: string;
  /** Rows it is about, where it is not one. */
  readonly rows?: number;
}

export interface CheckTools {
  readonly signal: AbortSignal;
  readonly bar: ProgressBar;
}

/** One thing that `verify` looks at. */
export interface Check {
  readonly name: string;
  find(store: Store, tools: CheckTools): Promise<readonly Finding[]>;
  /**
   * Mends what it can, without losing anything that can be used.
   * @returns those of the findings that are still there.
   */
  repair(store: Store, findings: readonly Finding[]): Promise<readonly Finding[]>;
}

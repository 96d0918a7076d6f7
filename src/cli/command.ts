import type { Command as Commander } from 'commander';
import type { Clock } from '../common/clock.js';
import type { ExitCode } from './exit-codes.js';
import type { Store } from './store/store.js';
import type { Progress } from './terminal/progress.js';

/** What a command has besides its store and its options. */
export interface CommandContext {
  readonly clock: Clock;
  readonly progress: Progress;
  /** Aborted by SIGINT or SIGTERM. To be looked at between two steps of long work. */
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; refuses where there is none. */
  confirm(question: string): Promise<boolean>;
}

/** One command of the command line. Its report is what `--json` prints: its fields are added to, never changed. */
export interface Command<Options, Report extends object> {
  readonly name: string;
  /** Whether it writes, and so announces itself to the processes that share the store. */
  writes(options: Options): boolean;
  /** Adds description, arguments and options. */
  describe(command: Commander): void;
  /** Looks at the options before the store is opened. @throws {CommandError} usage. */
  readonly check?: (options: Options) => void;
  run(store: Store, options: Options, context: CommandContext): Promise<Report>;
  /** The report of a store that cannot be opened because it is damaged. Without it, that is an error. */
  readonly reportDamage?: (fault: string) => Report;
  /** The report for people. */
  readonly render: (report: Report) => string;
  /** Default 0. */
  readonly exitCode?: (report: Report) => ExitCode;
}

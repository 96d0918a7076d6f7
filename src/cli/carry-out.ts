import { systemClock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { isFaultOfContent } from '../storage/sqlite/sqlite-errors.js';
import type { Command, CommandContext } from './command.js';
import { DamagedStoreError, ExitCode } from './exit-codes.js';
import { readTarget, type TargetOptions } from './store/database-target.js';
import { openStore } from './store/open-store.js';
import { whilePresent } from './store/presence.js';
import { confirmOnTerminal } from './terminal/confirm.js';
import { interruption } from './terminal/interruption.js';
import { noProgress, terminalProgress } from './terminal/progress.js';

/** What every command takes. */
export interface GlobalOptions extends TargetOptions {
  readonly json?: boolean;
  readonly progress: boolean;
}

/** How a command ended: what goes to stdout, and the exit code. */
export interface Answer {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * Opens the store, runs the command and closes the store, whatever happens.
 * @throws {CommandError} and whatever the store throws; an `AbortError` when it was interrupted.
 */
export async function carryOut<Options, Report extends object>(
  command: Command<Options, Report>,
  options: GlobalOptions & Options,
): Promise<Answer> {
  const report = await runOnStore(command, options);
  return {
    text: options.json === true ? JSON.stringify(report) : command.render(report),
    exitCode: command.exitCode?.(report) ?? ExitCode.ok,
  };
}

async function runOnStore<Options, Report extends object>(
  command: Command<Options, Report>,
  options: GlobalOptions & Options,
): Promise<Report> {
  const { signal, dispose } = interruption();
  const context = toContext(options, signal);
  try {
    command.check?.(options);
    const store = await openStore(readTarget(options), context.clock);
    const run = (): Promise<Report> => command.run(store, options, context);
    try {
      return await (command.writes(options) ? whilePresent(store, run) : run());
    } finally {
      await store.close();
    }
  } catch (error) {
    if (isDamage(error) && command.reportDamage) return command.reportDamage(error.message);
    throw error;
  } finally {
    dispose();
  }
}

/** Found when the store was opened, or later. */
function isDamage(error: unknown): error is Error {
  return (
    error instanceof DamagedStoreError ||
    (error instanceof StoreUnavailableError && isFaultOfContent(error.cause))
  );
}

function toContext({ progress }: GlobalOptions, signal: AbortSignal): CommandContext {
  return {
    clock: systemClock,
    progress: progress && process.stderr.isTTY ? terminalProgress : noProgress,
    signal,
    confirm: (question) => confirmOnTerminal(question, signal),
  };
}

import type { SharedWarmUp } from '../../warm-up/warm-up-report.js';
import { describeReport } from '../../warm-up/warm-up-report.js';
import { toColdSelection, type ColdSelection } from '../../warm-up/warm-up-selection.js';
import { InvalidArgumentError } from '../../common/errors.js';
import type { Command, CommandContext } from '../command.js';
import { ExitCode, unavailable, usageError } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import { showDuration } from '../terminal/units.js';
import { follow } from '../warm-up/follow.js';
import { orderWarmUp } from '../warm-up/order.js';
import { readLatest, untilCancelled } from '../warm-up/running.js';

interface WarmUpOptions {
  readonly type?: string;
  readonly company?: string;
  readonly key?: string;
  readonly watch?: boolean;
  readonly cancel?: boolean;
}

export interface WarmUpCommandReport {
  /** What was asked for. */
  readonly action: 'run' | 'watch' | 'cancel';
  /** As it ended; `null`: there was none to watch or cancel. Of `cancel`, `running`: it has not ended yet. */
  readonly warmUp: SharedWarmUp | null;
}

export const warmUp: Command<WarmUpOptions, WarmUpCommandReport> = {
  name: 'warm-up',
  writes: ({ watch }) => watch !== true,
  describe(command) {
    command
      .description(
        'Has a running app ask for the reports that users ask for often and that are not there now, and follows it.',
      )
      .option('--type <type>', 'reports of this type')
      .option('--company <id>', 'reports of this company')
      .option('--key <key>', 'the report of the entry with exactly this key')
      .option('--watch', 'begin none: follow the one that runs')
      .option('--cancel', 'begin none: end those that run, in all apps');
  },
  check,
  run,
  render,
  exitCode: ({ action, warmUp: ended }) => (isWell(action, ended?.state) ? ExitCode.ok : ExitCode.problems),
};

function check(options: WarmUpOptions): void {
  const { watch, cancel } = options;
  const isSelective = Object.values(toSelection(options)).some((condition) => condition !== undefined);
  if (watch === true && cancel === true) throw usageError('Give --watch or --cancel, not both');
  if (isSelective && (watch === true || cancel === true))
    throw usageError(
      '--type, --company and --key say what to warm up: leave them out, or --watch and --cancel',
    );
}

async function run(
  store: Store,
  options: WarmUpOptions,
  context: CommandContext,
): Promise<WarmUpCommandReport> {
  if (options.watch === true)
    return { action: 'watch', warmUp: await follow(() => readLatest(store), context) };
  if ((await store.countProcesses()) === 0)
    throw unavailable(`No app has ${store.database.place} open: a warm-up is run by an app. Start it`);
  if (options.cancel === true) return { action: 'cancel', warmUp: await untilCancelled(store, context) };
  return { action: 'run', warmUp: await orderWarmUp(store, toSelection(options), context) };
}

/** @throws {CommandError} usage, for a value that no entry can have. */
function toSelection({ type, company, key }: WarmUpOptions): ColdSelection {
  try {
    return toColdSelection({
      ...(type !== undefined && { type }),
      ...(company !== undefined && { companyId: company }),
      ...(key !== undefined && { key }),
    });
  } catch (error) {
    if (error instanceof InvalidArgumentError)
      throw usageError(`--${error.message}`.replace('--companyId', '--company'));
    throw error;
  }
}

function isWell(action: WarmUpCommandReport['action'], state: SharedWarmUp['state'] | undefined): boolean {
  return action === 'cancel' ? state !== 'running' : state === undefined || state === 'completed';
}

function render({ action, warmUp: ended }: WarmUpCommandReport): string {
  if (ended === null) return 'No warm-up runs.';
  const { report, state } = ended;
  if (report.planned === 0 && state === 'completed')
    return 'Nothing was to be warmed up: all that users ask for is there.';
  const took = report.finishedAt === null ? '' : ` in ${showDuration(report.finishedAt - report.startedAt)}`;
  const last = action === 'run' ? 'Warm-up' : 'The newest warm-up';
  return `${last}: ${state}${took}, ${describeReport(report)}.`;
}

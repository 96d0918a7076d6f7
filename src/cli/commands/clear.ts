import type { EntrySelector } from '../../common/entry-selector.js';
import type { Command, CommandContext } from '../command.js';
import { usageError } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import { counted, showBytes } from '../terminal/units.js';
import { describeFilter, type FilterOptions, inWords, toSelector } from './entry-filter.js';

interface ClearOptions extends FilterOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

export interface ClearReport {
  /** What was asked for; `{}` is everything. */
  readonly selector: EntrySelector;
  /** `false`: the person at the terminal said no. */
  readonly confirmed: boolean;
  readonly removed: number;
  /** Processes that have been told, and drop it from their memory within their `processes.pollEvery`. */
  readonly processes: number;
}

export const clear: Command<ClearOptions, ClearReport> = {
  name: 'clear',
  writes: () => true,
  describe(command) {
    command.description(
      'Drops entries, from the memory of running apps as well. All conditions given must hold.',
    );
    describeFilter(command);
    command.option('--all', 'every entry').option('--yes', 'do not ask');
  },
  check: (options) => void readSelector(options),
  run,
  render,
};

async function run(store: Store, options: ClearOptions, context: CommandContext): Promise<ClearReport> {
  const selector = readSelector(options);
  const confirmed = options.yes === true || (await context.confirm(await question(store, selector)));
  const processes = await store.countProcesses();
  // Also when nothing of it is stored: an app may have it in memory alone, or be loading it.
  const removed = confirmed ? await store.entries.remove(selector) : 0;
  return { selector, confirmed, removed, processes };
}

/** @throws {CommandError} usage: an empty condition must not become everything. */
function readSelector(options: ClearOptions): EntrySelector {
  const selector = toSelector(options);
  const isEverything = Object.keys(selector).length === 0;
  if (isEverything && options.all !== true)
    throw usageError('Say what to drop: --type, --company, --tag, --key, or --all for every entry');
  if (!isEverything && options.all === true)
    throw usageError('--all drops every entry: leave it out, or the conditions');
  return selector;
}

async function question(store: Store, selector: EntrySelector): Promise<string> {
  const { entries, bytes } = await store.list.sum(selector);
  return `Drop ${counted(entries, 'entry', 'entries')}${inWords(selector)} (${showBytes(bytes)})?`;
}

function render({ selector, confirmed, removed, processes }: ClearReport): string {
  if (!confirmed) return 'Nothing was dropped.';
  const done = `Dropped ${counted(removed, 'entry', 'entries')}${inWords(selector)}.`;
  if (processes === 0) return done;
  return `${done} ${counted(processes, 'running process was', 'running processes were')} told to forget them.`;
}

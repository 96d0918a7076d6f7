import { InvalidArgumentError } from 'commander';
import { printable } from '../../common/one-line.js';
import type { ListedEntry } from '../../storage/repositories/cache-entry-list.repository.js';
import { ENTRY_SORTS, type EntrySort } from '../../storage/repositories/cache-entry-list.sql.js';
import type { Command, CommandContext } from '../command.js';
import { usageError } from '../exit-codes.js';
import { type ShownPayload, readPayload } from '../payload/read-payload.js';
import type { Store } from '../store/store.js';
import { textTable } from '../terminal/text-table.js';
import { counted, showBytes, showDuration } from '../terminal/units.js';
import { describeFilter, type FilterOptions, toSelector } from './entry-filter.js';
import { wholeNumber } from './whole-number.js';

const SORTS = Object.keys(ENTRY_SORTS) as EntrySort[];

interface EntriesOptions extends FilterOptions {
  readonly limit: number;
  readonly sort: EntrySort;
  readonly payload?: boolean;
  readonly keysFile?: string;
}

/** What is known of an entry, and of its payload where that was asked for. */
export interface ShownEntry extends Omit<ListedEntry, 'byteSize' | 'lastAccessedAt'> {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly lastAccessed: number;
  readonly payload?: ShownPayload;
}

export interface EntriesReport {
  readonly entries: readonly ShownEntry[];
  /** How many there are with these conditions, listed or not. */
  readonly total: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

export const entries: Command<EntriesOptions, EntriesReport> = {
  name: 'entries',
  writes: () => false,
  describe(command) {
    command.description('Lists entries without their payloads. All conditions given must hold.');
    describeFilter(command);
    command
      .option('--sort <order>', `by ${SORTS.join(', ')}`, readSort, 'created')
      .option('--limit <number>', 'entries to list', wholeNumber('--limit'), 50)
      .option('--payload', 'show the stored answer as well; only with --key')
      .option(
        '--keys-file <file>',
        'JSON list of { id, key } as in the option encryption.keys, to read sealed answers',
      );
  },
  check,
  run,
  render,
};

function check(options: EntriesOptions): void {
  toSelector(options);
  if (options.payload === true && options.key === undefined)
    throw usageError('--payload shows one answer: say which by --key');
}

async function run(store: Store, options: EntriesOptions, context: CommandContext): Promise<EntriesReport> {
  const selector = toSelector(options);
  const { sort, limit } = options;
  // Keys from A on, all else the largest first.
  const order = sort === 'key' ? 'asc' : 'desc';
  const found = await store.list.list({ ...selector, sort, order, limit });
  const { entries: total } = await store.list.sum(selector);
  const now = context.clock.now();
  if (options.payload !== true) return { entries: found.map(toShown), total, now };
  const withPayloads = found.map(async (row) => ({
    ...toShown(row),
    payload: await readPayload(store, row.key, options.keysFile),
  }));
  return { entries: await Promise.all(withPayloads), total, now };
}

function toShown({ byteSize: bytes, lastAccessedAt: lastAccessed, ...rest }: ListedEntry): ShownEntry {
  return { ...rest, bytes, lastAccessed };
}

function readSort(text: string): EntrySort {
  const sort = SORTS.find((name) => name === text);
  if (sort === undefined) throw new InvalidArgumentError(`--sort must be one of ${SORTS.join(', ')}.`);
  return sort;
}

function render({ entries: listed, total, now }: EntriesReport): string {
  const summary = `${counted(listed.length, 'entry', 'entries')} of ${counted(total, 'entry', 'entries')}`;
  if (listed.length === 0) return summary;
  const rows = listed.map((entry) => [
    entry.type,
    entry.companyId ?? '-',
    showDuration(now - entry.createdAt),
    now < entry.expiresAt ? showDuration(entry.expiresAt - now) : 'expired',
    entry.hits,
    showBytes(entry.bytes),
    showTags(entry.tags),
    entry.key,
  ]);
  const table = textTable(['type', 'company', 'age', 'left', 'hits', 'size', 'tags', 'key'], rows);
  const payloads = listed.flatMap(({ payload }) => (payload === undefined ? [] : [renderPayload(payload)]));
  return [table, ...payloads, summary].join('\n\n');
}

/** A line has room for a few. */
const MOST_TAGS = 3;

function showTags(tags: readonly string[]): string {
  const more = tags.length - MOST_TAGS;
  return [...tags.slice(0, MOST_TAGS), ...(more > 0 ? [`+${more}`] : [])].join(' ');
}

/** A text keeps its lines; all else that a terminal would obey is shown. */
function renderPayload({ format, head, encoding, data }: ShownPayload): string {
  const titles = [`${format}, ${encoding}`, ...(head === undefined ? [] : [JSON.stringify(head)])];
  return [...titles, ...data.split('\n')].map(printable).join('\n');
}

import { InvalidArgumentError } from 'commander';
import { printable } from '../../common/one-line.js';
import type { CacheEntry } from '../../storage/entities/cache-entry.entity.js';
import { ENTRY_ORDERS, type EntryOrder } from '../../storage/repositories/cache-entry-listing.repository.js';
import type { Command, CommandContext } from '../command.js';
import { usageError } from '../exit-codes.js';
import { type ShownPayload, readPayload } from '../payload/read-payload.js';
import type { Store } from '../store/store.js';
import { textTable } from '../terminal/text-table.js';
import { counted, showBytes, showDuration } from '../terminal/units.js';
import { describeFilter, type FilterOptions, toSelector } from './entry-filter.js';
import { wholeNumber } from './whole-number.js';

interface EntriesOptions extends FilterOptions {
  readonly limit: number;
  readonly sort: EntryOrder;
  readonly payload?: boolean;
  readonly keysFile?: string;
}

/** What is known of an entry beside its bytes. Times in epoch milliseconds, durations in milliseconds. */
export interface ListedEntry {
  readonly key: string;
  readonly type: string;
  readonly companyId: string | null;
  readonly username: string | null;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly graceUntil: number;
  readonly lastAccessed: number;
  readonly hits: number;
  readonly bytes: number;
  readonly loadMs: number;
  readonly payload?: ShownPayload;
}

export interface EntriesReport {
  readonly entries: readonly ListedEntry[];
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
      .option('--sort <order>', `by ${ENTRY_ORDERS.join(', ')}`, readOrder, 'created')
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
  const found = await store.listing.list(selector, options.sort, options.limit);
  const { entries: total } = await store.listing.sum(selector);
  const now = context.clock.now();
  if (options.payload !== true) return { entries: found.map(toListed), total, now };
  const withPayloads = found.map(async (row) => ({
    ...toListed(row),
    payload: await readPayload(store, row.cacheKey, options.keysFile),
  }));
  return { entries: await Promise.all(withPayloads), total, now };
}

function toListed(row: CacheEntry): ListedEntry {
  return {
    key: row.cacheKey,
    type: row.cacheType,
    companyId: row.companyId,
    username: row.username,
    tags: readTags(row.tags),
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    graceUntil: row.graceUntil,
    lastAccessed: row.lastAccessed,
    hits: row.hitCount,
    bytes: row.byteSize,
    loadMs: row.loadMs,
  };
}

/** Tags of a damaged row are none: `verify` tells of it. */
function readTags(text: string): readonly string[] {
  try {
    return JSON.parse(text) as string[];
  } catch {
    return [];
  }
}

function readOrder(text: string): EntryOrder {
  const order = ENTRY_ORDERS.find((name) => name === text);
  if (order === undefined)
    throw new InvalidArgumentError(`--sort must be one of ${ENTRY_ORDERS.join(', ')}.`);
  return order;
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
    entry.tags.join(' '),
    entry.key,
  ]);
  const table = textTable(['type', 'company', 'age', 'left', 'hits', 'size', 'tags', 'key'], rows);
  const payloads = listed.flatMap(({ payload }) => (payload === undefined ? [] : [renderPayload(payload)]));
  return [table, ...payloads, summary].join('\n\n');
}

/** A text keeps its lines; all else that a terminal would obey is shown. */
function renderPayload({ format, head, encoding, data }: ShownPayload): string {
  const titles = [`${format}, ${encoding}`, ...(head === undefined ? [] : [JSON.stringify(head)])];
  return [...titles, ...data.split('\n')].map(printable).join('\n');
}

import type { PerformanceFigures } from '../../storage/repositories/performance-summary.js';
import type { EntryCounts } from '../../storage/repositories/cache-entry.repository.js';
import { PERMANENT_KINDS, type PermanentKind } from '../../storage/repositories/permanent-rows.repository.js';
import {
  describeReport,
  doneOf,
  PROGRESS_KEY,
  readSharedWarmUp,
  type SharedWarmUp,
} from '../../warm-up/warm-up-report.js';
import type { Command } from '../command.js';
import type { Store } from '../store/store.js';
import { textList, textTable } from '../terminal/text-table.js';
import { showBytes, showDuration, showShare } from '../terminal/units.js';
import { wholeNumber } from './whole-number.js';

const DAY_MS = 86_400_000;

interface StatsOptions {
  readonly top: number;
}

export interface TypeSum {
  readonly type: string;
  readonly entries: number;
  /** Of the payloads. */
  readonly bytes: number;
  readonly hits: number;
}

/** Times in milliseconds, sizes in bytes. */
export interface StatsReport {
  readonly database: {
    /** The file, or the schema and its server. */
    readonly place: string;
    readonly driver: string;
    readonly bytes: number;
    /** Of a file. */
    readonly walBytes?: number;
    /** Of a file, and held by nothing: what `vacuum` gives back. */
    readonly freeBytes?: number;
  };
  /** Processes that have the store open now. */
  readonly processes: number;
  readonly entries: EntryCounts;
  /** Those with the most bytes. */
  readonly types: readonly TypeSum[];
  readonly otherTypes: number;
  /** Requests of the last 24 hours. `hitRatio` is `null` without any. */
  readonly lastDay: PerformanceFigures & { readonly hitRatio: number | null };
  /** The one that runs or ran last; `null`: none, or none that found anything to do. */
  readonly warmUp: SharedWarmUp | null;
  /** Rows of the tables that outlive every entry. */
  readonly rows: Readonly<Record<PermanentKind, number>>;
}

export const stats: Command<StatsOptions, StatsReport> = {
  name: 'stats',
  writes: () => false,
  describe(command) {
    command
      .description('What is stored, how much room it takes, and how often it was hit in the last 24 hours.')
      .option('--top <number>', 'types to list, the heaviest first', wholeNumber('--top'), 10);
  },
  run: collect,
  render,
};

async function collect(store: Store, { top }: StatsOptions): Promise<StatsReport> {
  const now = store.database.clock.now();
  const types = await sumByType(store);
  return {
    database: await describeDatabase(store),
    processes: await store.countProcesses(),
    entries: await store.entries.counts(now),
    types: types.slice(0, top),
    otherTypes: Math.max(0, types.length - top),
    lastDay: await figuresSince(store, now - DAY_MS),
    warmUp: readSharedWarmUp(await store.config.find(PROGRESS_KEY), now),
    rows: await countRows(store),
  };
}

/** The heaviest first. */
async function sumByType({ list }: Store): Promise<TypeSum[]> {
  const types = [...(await list.sizesByType())].map(([type, { entries, bytes, hits }]) => ({
    type,
    entries,
    bytes,
    hits,
  }));
  return types.sort((one, other) => other.bytes - one.bytes || (one.type < other.type ? -1 : 1));
}

async function describeDatabase({ database, options, inspection }: Store): Promise<StatsReport['database']> {
  const { databaseBytes: bytes, walBytes } = await database.sizes();
  const freeBytes = await inspection?.freeBytes();
  return { place: database.place, driver: options.type, bytes, walBytes, freeBytes };
}

async function figuresSince({ log }: Store, since: number): Promise<StatsReport['lastDay']> {
  const { overall } = await log.summarize({ since });
  const requests = overall.hits + overall.misses;
  return { ...overall, hitRatio: requests === 0 ? null : overall.hits / requests };
}

async function countRows({ rows }: Store): Promise<StatsReport['rows']> {
  const counts = await Promise.all(PERMANENT_KINDS.map(async (kind) => [kind, await rows.count(kind)]));
  return Object.fromEntries(counts) as StatsReport['rows'];
}

function fileFacts({ freeBytes, walBytes }: StatsReport['database']): [string, string][] {
  if (freeBytes === undefined || walBytes === undefined) return [];
  return [
    ['of it free', showBytes(freeBytes)],
    ['write-ahead log', showBytes(walBytes)],
  ];
}

function warmUpFacts({ warmUp }: StatsReport): [string, string][] {
  if (warmUp === null) return [];
  const { state, report } = warmUp;
  const began = new Date(report.startedAt).toISOString();
  const done = state === 'running' ? `, ${doneOf(report)} dealt with` : '';
  return [['warm-up', `${state}, begun ${began}: ${describeReport(report)}${done}`]];
}

function render(report: StatsReport): string {
  const { database, processes, entries, types, otherTypes, lastDay, rows } = report;
  const facts = textList([
    ['database', `${database.place} (${database.driver})`],
    ['size', showBytes(database.bytes)],
    ...fileFacts(database),
    ['processes', processes],
    [
      'entries',
      `${entries.totalEntries} (${entries.activeEntries} fresh, ${entries.expiredEntries} expired)`,
    ],
    ['payloads', showBytes(entries.totalBytes)],
    [
      'last 24 hours',
      `${lastDay.hits} hits, ${lastDay.misses} misses, hit ratio ${showShare(lastDay.hitRatio)}`,
    ],
    ['time saved', showDuration(lastDay.timeSavedMs)],
    ...warmUpFacts(report),
    ['rows', PERMANENT_KINDS.map((kind) => `${rows[kind]} ${kind}`).join(', ')],
  ]);
  if (types.length === 0) return facts;
  const table = textTable(
    ['type', 'entries', 'payloads', 'hits'],
    types.map(({ type, entries: count, bytes, hits }) => [type, count, showBytes(bytes), hits]),
  );
  return `${facts}\n\n${table}${otherTypes > 0 ? `\nand ${otherTypes} more types` : ''}`;
}

import { ValueCodec } from '../../../src/cache/value-codec.js';
import { type ResolvedDatabaseOptions } from '../../../src/common/options.js';
import { Database } from '../../../src/storage/database.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { contentOf } from './contents.js';

/** What the app had told its callers. */
export interface Promised {
  /** Keys whose `set` ended in `true`. */
  readonly acknowledged: readonly string[];
  /** Reports that were sent. */
  readonly reports: Iterable<string>;
  /** Requests that were answered. */
  readonly answers: number;
}

/** What of that is not in the store. */
export interface Losses {
  /** Acknowledged entries that are not there, or are not what was stored. */
  readonly lost: number;
  /** Reports that were sent and not kept. */
  readonly unstored: number;
  /** Answers missing from the performance log. */
  readonly unlogged: number;
}

/** Opens the store that apps have left and looks for all it had promised. */
export async function findLosses(options: ResolvedDatabaseOptions, promised: Promised): Promise<Losses> {
  const database = new Database(options);
  await database.open();
  try {
    return {
      lost: await countLost(new CacheEntryRepository(database), promised.acknowledged),
      unstored: await countUnstored(database, promised.reports),
      unlogged: Math.max(0, promised.answers - (await countLogged(database))),
    };
  } finally {
    await database.close();
  }
}

async function countLost(entries: CacheEntryRepository, keys: readonly string[]): Promise<number> {
  const codec = new ValueCodec();
  const found = await Promise.all(keys.map((key) => entries.find(key)));
  return found.filter(
    (entry, index) => typeof entry === 'string' || codec.decode(entry.bytes) !== contentOf(keys[index]!),
  ).length;
}

async function countUnstored(database: Database, reports: Iterable<string>): Promise<number> {
  const rows = await database.read((_manager, sql) =>
    sql.all<{ tag: string }>('SELECT tag FROM cache_entry_tags'),
  );
  const stored = new Set(rows.map((row) => row.tag));
  return [...reports].filter((name) => !stored.has(name)).length;
}

async function countLogged(database: Database): Promise<number> {
  const [row] = await database.read((_manager, sql) =>
    sql.all<{ count: number }>('SELECT COUNT(*) AS count FROM performance_log'),
  );
  return row!.count;
}

import { openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type ResolvedSqliteOptions } from '../../../src/common/options.js';
import { Database } from '../../../src/storage/database.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { someEntry } from '../../storage/some-entry.js';
import { contentOf, SEQUENCE_KEY, slotOf } from './history.js';

/** So that a commit comes to fold the log into the file before 16 MiB were written. */
const EARLY_CHECKPOINT = 'wal_autocheckpoint = 500';

/** Longer than the module waits before it folds the log into the file by itself. */
const PAUSE_MS = 260;

/**
 * Commits the transactions 1 to `transactions`, with all that is done to a file between commits: pauses, cleanups,
 * closing and opening. Each is marked once it is acknowledged, in a file of marks beside the database.
 * @param pragmas set on the writer's connection
 */
export async function writeHistory(
  options: ResolvedSqliteOptions,
  transactions: number,
  pragmas: readonly string[] = [],
): Promise<void> {
  const database = new Database(options);
  const marks = openSync(`${options.path}-marks`, 'w');
  await open(database, pragmas);
  for (let sequence = 1; sequence <= transactions; sequence += 1) {
    await commit(database, sequence);
    writeSync(marks, String(sequence), 0);
    if (sequence % 50 === 15) await setTimeout(PAUSE_MS);
    if (sequence % 50 === 30) await database.reclaim();
    if (sequence % 50 === 0) await reopen(database, pragmas);
  }
}

async function open(database: Database, pragmas: readonly string[]): Promise<void> {
  await database.open();
  for (const pragma of [EARLY_CHECKPOINT, ...pragmas]) await database.dataSource!.query(`PRAGMA ${pragma}`);
}

async function reopen(database: Database, pragmas: readonly string[]): Promise<void> {
  await database.close();
  await open(database, pragmas);
}

/** The writes of one turn of the event loop share a transaction. */
async function commit(database: Database, sequence: number): Promise<void> {
  const entries = new CacheEntryRepository(database);
  const before = database.commits;
  const key = slotOf(sequence);
  const content = contentOf(sequence);
  await Promise.all([
    entries.put(someEntry({ key: SEQUENCE_KEY, bytes: Buffer.from(String(sequence)) })),
    content === undefined
      ? entries.remove({ key })
      : entries.put(someEntry({ key, tags: [key], bytes: Buffer.from(content) })),
  ]);
  if (database.commits !== before + 1) throw new Error(`Not one transaction: ${sequence}`);
}

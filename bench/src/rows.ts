import BetterSqlite3 from 'better-sqlite3';
import { makeReport } from './harness/payload.js';
import { CacheEntryRepository, openLibrary } from './library.js';
import { answerCache } from './stored-answers.js';

export interface Rows {
  readonly count: number;
  /** Of each answer, about. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const BATCH = 2_000;

/**
 * Writes entries `entry:0`, `entry:1`, … into a new file, through the library: they are what it reads later. With
 * `expiresAt` in the past only their times are changed afterwards, for the library stores nothing that is expired.
 */
export async function fillFile(path: string, { count, bytes, expiresAt }: Rows): Promise<void> {
  const app = await openLibrary('better-sqlite3', {
    database: { type: 'better-sqlite3', path },
    memory: false,
  });
  const answers = answerCache(app);
  const body = Buffer.from(JSON.stringify(makeReport(bytes)));
  for (let start = 0; start < count; start += BATCH) {
    const keys = Array.from(
      { length: Math.min(BATCH, count - start) },
      (_, index) => `entry:${start + index}`,
    );
    await Promise.all(keys.map((key) => answers.set(key, body)));
  }
  const { totalEntries } = await app.get(CacheEntryRepository).counts(Date.now());
  if (totalEntries !== count) throw new Error(`${totalEntries} entries instead of ${count}`);
  await app.close();
  if (expiresAt < Date.now()) expire(path, expiresAt);
}

function expire(path: string, expiresAt: number): void {
  const database = new BetterSqlite3(path);
  database.prepare('UPDATE cache_entries SET expires_at = ?, grace_until = ?').run(expiresAt, expiresAt);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

import { type SqlConnection } from '../sql/sql-connection.js';

/** The write-ahead log is cut back to this size once it has been folded into the file. */
const WAL_SIZE_LIMIT = 16 * 1024 * 1024;

/** So many pages of 4 KiB in the log, and SQLite folds it into the file within a commit: where no pause came before. */
const WAL_PAGES = 3_000;

/**
 * What the writer's connection must be before anything is stored. `auto_vacuum` comes first: once the file has a
 * page, and `journal_mode=WAL` writes one, it cannot be changed any more.
 * Durability: with WAL and `synchronous=NORMAL` a killed process loses nothing that was acknowledged, a power cut
 * may lose the last commits but not the file. @see https://www.sqlite.org/pragma.html#pragma_synchronous
 *
 * `secure_delete = FAST` zeroes what is deleted inside a page at no cost; whole pages that became free leave the file
 * with the cleanup. Rejected: ON, which writes each freed page once more (a report of 100 KiB is deleted in 430 µs
 * instead of 10), and still leaves what passed through the log in blocks that the disk has given free.
 * @see https://www.sqlite.org/pragma.html#pragma_secure_delete
 * @throws when the file system does not do WAL.
 */
export async function applyWriterPragmas(sql: SqlConnection): Promise<void> {
  await sql.pragma('auto_vacuum = INCREMENTAL');
  const [mode] = await sql.pragma<{ journal_mode: string }>('journal_mode = WAL');
  if (mode?.journal_mode !== 'wal') {
    throw new Error(`journal_mode is ${mode?.journal_mode ?? 'unknown'}: this file system cannot do WAL`);
  }
  await sql.pragma('synchronous = NORMAL');
  await sql.pragma('secure_delete = FAST');
  await sql.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  await sql.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT}`);
}

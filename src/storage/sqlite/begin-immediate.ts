import { setTimeout } from 'node:timers/promises';
import { type SqlConnection } from '../sql/sql-connection.js';
import { isBusy } from './sqlite-errors.js';

const LONGEST_PAUSE_MS = 25;

/**
 * Begins a transaction that holds the write lock from its beginning, and waits up to `patienceMs` for another process
 * that has it. The pauses are ours and not SQLite's: in those, `better-sqlite3` would block every request.
 * @throws `SQLITE_BUSY` when the patience is over.
 */
export async function beginImmediate(sql: SqlConnection, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await sql.run('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || !(performance.now() < deadline)) throw error;
    }
    await setTimeout(1 + Math.random() * LONGEST_PAUSE_MS);
  }
}

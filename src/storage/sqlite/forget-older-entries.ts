import { type Connection } from '../sql/connection.js';

/**
 * Drops every answer of a file that came into the place of another, when any of them is older than that: it knows
 * nothing of what was invalidated since, and a backup that was put back would show old figures. What another process
 * has stored since in a file that it began is left alone. Only the bytes go, which SQLite does at once for a table
 * without triggers; their entries count as damaged and go by and by.
 * @param time epoch milliseconds
 */
export async function forgetOlderEntries(connection: Connection, time: number): Promise<void> {
  const { sql } = connection;
  const older = await sql.all('SELECT 1 FROM cache_entries WHERE created_at < ? LIMIT 1', [time]);
  if (older.length === 0) return;
  await connection.begin('exclusive');
  await sql.run('DELETE FROM cache_payloads');
  await connection.commit();
}

import { type SqlConnection } from '../sql/sql-connection.js';
import { foldLock } from './advisory-locks.js';

/**
 * Makes one row for each company of what the triggers have noted since, so that sums stay quick. One process at a time;
 * the others leave it to that one.
 */
export async function foldSizes(sql: SqlConnection, schema: string): Promise<void> {
  const [row] = await sql.all<{ taken: boolean }>(foldLock(schema));
  if (row?.taken) await sql.run(FOLD);
}

const FOLD = `
  WITH folded AS (DELETE FROM cache_size_changes RETURNING company_id, entries, bytes)
  INSERT INTO cache_size_changes (company_id, entries, bytes)
  SELECT company_id, SUM(entries), SUM(bytes) FROM folded
  GROUP BY company_id HAVING SUM(entries) <> 0 OR SUM(bytes) <> 0`;

import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';
import { type EntryPut } from '../entries/entry-put.js';
import { type Connection, ExclusiveLockNeeded } from '../sql/connection.js';
import { inEachDialect } from '../sql/dialect.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/** Who notes, and by which clock. */
type Origin = Pick<Database, 'processId' | 'clock'>;

/** Notes invalidations for the other processes, if there are any; in the transaction that carries them out. */
export async function noteInvalidations(
  sql: SqlConnection,
  { processId, clock }: Origin,
  selectors: readonly EntrySelector[],
): Promise<void> {
  const list = JSON.stringify(selectors.map((selector) => [JSON.stringify(selector)]));
  await sql.run(NOTE, [processId, clock.now(), list, processId]);
}

/**
 * Notes what is about to be replaced for the other processes, which may have the old entry in memory. What a load
 * brings for a key without an entry replaces nothing; a value that is set is noted always, because another process
 * may be loading the key.
 * @throws {ExclusiveLockNeeded} where there is something to note beside writers that would not see it.
 */
export async function noteReplaced(
  { sql, lock }: Connection,
  { processId, clock }: Origin,
  puts: readonly EntryPut[],
): Promise<void> {
  const rows = puts.map(({ entry: { key }, knowing }) => [
    key,
    knowing === undefined,
    JSON.stringify({ key }),
  ]);
  const list = JSON.stringify(rows);
  if (lock === 'exclusive') await sql.run(NOTE_REPLACED, [processId, clock.now(), list]);
  else if ((await sql.all(ANY_REPLACED, [list])).length > 0) throw new ExclusiveLockNeeded();
}

const NOTE = inEachDialect(
  ({ each }) => `
  INSERT INTO cache_invalidations (origin, selector, noted_at)
  SELECT ?, dropped.value ->> 0, CAST(? AS bigint) FROM ${each('dropped')}
  WHERE EXISTS (SELECT 1 FROM cache_processes WHERE process_id <> ?)`,
);

const REPLACED = `
  CAST(put.value ->> 1 AS boolean) OR EXISTS (SELECT 1 FROM cache_entries WHERE cache_key = put.value ->> 0)`;

const NOTE_REPLACED = inEachDialect(
  ({ each }) => `
  INSERT INTO cache_invalidations (origin, selector, noted_at)
  SELECT ?, put.value ->> 2, CAST(? AS bigint) FROM ${each('put')} WHERE ${REPLACED}`,
);

const ANY_REPLACED = inEachDialect(({ each }) => `SELECT 1 FROM ${each('put')} WHERE ${REPLACED} LIMIT 1`);

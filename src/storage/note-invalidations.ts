import { type EntrySelector } from '../common/entry-selector.js';
import { type Database } from './database.js';
import { type EntryPut } from './entry-put.js';
import { type SqlConnection } from './sql-connection.js';

/** Who notes, and by which clock. */
type Origin = Pick<Database, 'processId' | 'clock'>;

/** Notes an invalidation for the other processes, if there are any; in the transaction that carries it out. */
export async function noteInvalidation(
  sql: SqlConnection,
  { processId, clock }: Origin,
  selector: EntrySelector,
): Promise<void> {
  await sql.run(NOTE, [processId, JSON.stringify(selector), clock.now(), processId]);
}

/**
 * Notes what is about to be replaced for the other processes, which may have the old entry in memory. What a load
 * brings for a key without an entry replaces nothing; a value that is set is noted always, because another process
 * may be loading the key.
 */
export async function noteReplaced(
  sql: SqlConnection,
  { processId, clock }: Origin,
  puts: readonly EntryPut[],
): Promise<void> {
  const keys = puts.map(({ entry, knowing }) => [entry.key, knowing === undefined]);
  await sql.run(NOTE_REPLACED, [processId, clock.now(), JSON.stringify(keys)]);
}

const NOTE = `
  INSERT INTO cache_invalidations (origin, selector, noted_at) SELECT ?, ?, ?
  WHERE EXISTS (SELECT 1 FROM cache_processes WHERE process_id <> ?)`;

const NOTE_REPLACED = `
  INSERT INTO cache_invalidations (origin, selector, noted_at)
  SELECT ?, json_object('key', json_extract(put.value, '$[0]')), ? FROM json_each(?) AS put
  WHERE json_extract(put.value, '$[1]')
     OR EXISTS (SELECT 1 FROM cache_entries WHERE cache_key = json_extract(put.value, '$[0]'))`;

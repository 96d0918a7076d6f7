import { matches, type EntrySelector } from '../common/entry-selector.js';
import { type BatchOperation, type Connection } from './connection.js';
import { type Database } from './database.js';
import { type StoredEntry } from './entry.js';
import { noteReplaced } from './note-invalidations.js';
import { putEntries } from './put-entries.js';
import { type SqlConnection } from './sql-connection.js';

/** An entry on its way into the file. */
export interface EntryPut {
  readonly entry: StoredEntry;
  /**
   * Of what a load brought: the newest invalidation that this process knew of when the load began. `undefined`: a value
   * that was set, which nothing overtakes.
   */
  readonly knowing: number | undefined;
  /** The outcome: another process dropped or set the entry after the load began, and it was not stored. */
  overtaken: boolean;
}

/** Invalidations that fills are compared with; a process that is further behind stores nothing until it has caught up. */
const MAX_COMPARED = 1_000;

type Fill = EntryPut & { readonly knowing: number };

/**
 * {@link putEntries} among several processes: leaves out what another process has overtaken, and notes for the others
 * what is replaced. In the transaction that stores, because a look before it would miss who comes in between.
 */
export class SharedPut implements BatchOperation<EntryPut> {
  constructor(private readonly process: Pick<Database, 'processId' | 'clock'>) {}

  async apply(connection: Connection, puts: readonly EntryPut[]): Promise<void> {
    const overtaken = await overtakenAmong(connection.sql, this.process.processId, puts.filter(isFill));
    for (const put of puts) put.overtaken = overtaken.has(put);
    const stored = puts.filter((put) => !put.overtaken);
    await noteReplaced(connection.sql, this.process, stored);
    await putEntries.apply(
      connection,
      stored.map(({ entry }) => entry),
    );
  }
}

function isFill(put: EntryPut): put is Fill {
  return put.knowing !== undefined;
}

async function overtakenAmong(
  sql: SqlConnection,
  processId: string,
  fills: readonly Fill[],
): Promise<ReadonlySet<EntryPut>> {
  if (fills.length === 0) return NONE;
  const [log] = await sql.all<LogState>(LOG_STATE, [processId]);
  const { oldest, newest, joined } = log!;
  if (!joined) return new Set(fills);
  const behind = fills.filter(({ knowing }) => knowing !== newest);
  if (behind.length === 0) return NONE;
  const since = await foreignSince(sql, processId, Math.min(...behind.map(({ knowing }) => knowing)));
  if (since.length > MAX_COMPARED) return new Set(behind);
  // What is not in the log any more, or not yet, cannot be compared: this process slept, or the file is another one.
  const isLost = ({ knowing }: Fill): boolean => knowing < oldest || knowing > newest;
  return new Set(behind.filter((fill) => isLost(fill) || since.some((noted) => overtakes(noted, fill))));
}

const NONE: ReadonlySet<EntryPut> = new Set();

interface LogState {
  readonly oldest: number;
  readonly newest: number;
  readonly joined: number;
}

interface Noted {
  readonly id: number;
  readonly selector: EntrySelector;
}

function overtakes({ id, selector }: Noted, { knowing, entry }: Fill): boolean {
  return id > knowing && matches(selector, entry);
}

async function foreignSince(sql: SqlConnection, processId: string, id: number): Promise<Noted[]> {
  const parameters = [id, processId, MAX_COMPARED + 1];
  const rows = await sql.all<{ id: number; selector: string }>(FOREIGN_SINCE, parameters);
  return rows.map((row) => ({ id: row.id, selector: JSON.parse(row.selector) as EntrySelector }));
}

const LOG_STATE = `
  SELECT (SELECT MIN(id) FROM cache_invalidations) AS oldest,
         (SELECT MAX(id) FROM cache_invalidations) AS newest,
         EXISTS (SELECT 1 FROM cache_processes WHERE process_id = ?) AS joined`;

const FOREIGN_SINCE =
  'SELECT id, selector FROM cache_invalidations WHERE id > ? AND origin <> ? ORDER BY id LIMIT ?';

import { matches, type EntrySelector } from '../../common/entry-selector.js';
import { type EntryPut } from '../entries/entry-put.js';
import { type Sharing } from './sharing.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/** Invalidations that fills are compared with; what began before more of them is not stored. */
const MAX_COMPARED = 1_000;

type Fill = EntryPut & { readonly knowing: number };

/**
 * Those of the puts that bring a load's answer and must not be stored: another process dropped or set their entry after
 * the load began. So are all of a process that others have not told for a while, because it was taken for dead.
 */
export async function overtakenAmong(
  sql: SqlConnection,
  processId: string,
  sharing: Sharing,
  puts: readonly EntryPut[],
): Promise<ReadonlySet<EntryPut>> {
  const behind = puts.filter(isFill).filter((fill) => !sharing.joined || fill.knowing !== sharing.newest);
  if (behind.length === 0) return NONE;
  if (!sharing.joined) return new Set(behind);
  const since = await foreignSince(sql, processId, Math.min(...behind.map(({ knowing }) => knowing)));
  if (since.length > MAX_COMPARED) return new Set(behind);
  return new Set(
    behind.filter((fill) => isLost(fill, sharing) || since.some((noted) => overtakes(noted, fill))),
  );
}

const NONE: ReadonlySet<EntryPut> = new Set();

interface Noted {
  readonly id: number;
  readonly selector: EntrySelector;
}

function isFill(put: EntryPut): put is Fill {
  return put.knowing !== undefined;
}

/** What it knew is not noted any more, or not yet: this process slept for long, or the file is another one. */
function isLost({ knowing }: Fill, { oldest, newest }: Sharing): boolean {
  return knowing < oldest || knowing > newest;
}

function overtakes({ id, selector }: Noted, { knowing, entry }: Fill): boolean {
  return id > knowing && matches(selector, entry);
}

async function foreignSince(sql: SqlConnection, processId: string, id: number): Promise<Noted[]> {
  const parameters = [id, processId, MAX_COMPARED + 1];
  const rows = await sql.all<{ id: number; selector: string }>(FOREIGN_SINCE, parameters);
  return rows.map((row) => ({ id: row.id, selector: JSON.parse(row.selector) as EntrySelector }));
}

const FOREIGN_SINCE =
  'SELECT id, selector FROM cache_invalidations WHERE id > ? AND origin <> ? ORDER BY id LIMIT ?';

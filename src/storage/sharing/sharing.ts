import { type SqlConnection } from '../sql/sql-connection.js';

/** How the file is shared, as of one transaction. */
export interface Sharing {
  /** The oldest and newest invalidation that are noted. */
  readonly oldest: number;
  readonly newest: number;
  /** Whether this process is among those that are told of invalidations. */
  readonly joined: boolean;
  /** Whether there is anybody else to tell. */
  readonly others: boolean;
}

export async function readSharing(sql: SqlConnection, processId: string): Promise<Sharing> {
  const [row] = await sql.all<Record<keyof Sharing, number>>(SHARING, [processId, processId]);
  const { oldest, newest, joined, others } = row!;
  return { oldest, newest, joined: joined > 0, others: others > 0 };
}

const SHARING = `
  SELECT (SELECT MIN(id) FROM cache_invalidations) AS oldest,
         (SELECT MAX(id) FROM cache_invalidations) AS newest,
         EXISTS (SELECT 1 FROM cache_processes WHERE process_id = ?) AS joined,
         EXISTS (SELECT 1 FROM cache_processes WHERE process_id <> ?) AS others`;

import { type SqlConnection } from '../sql/sql-connection.js';

/** `RCa1`: says in a database's header whose file it is. @see https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x52436131;

/** Marks a database without any table as this module's. One that holds somebody else's tables stays unmarked. */
export async function markAsOwn(sql: SqlConnection): Promise<void> {
  const anything = await sql.all('SELECT name FROM sqlite_master LIMIT 1');
  if (anything.length === 0) await sql.pragma(`application_id = ${APPLICATION_ID}`);
}

/** Whether this module made the file and nobody else keeps tables in it on purpose. */
export async function isOwn(sql: SqlConnection): Promise<boolean> {
  const [row] = await sql.pragma<{ application_id: number }>('application_id').catch(() => []);
  return row?.application_id === APPLICATION_ID;
}

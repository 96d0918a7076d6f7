import { randomInt } from 'node:crypto';
import { type SqlConnection } from '../sql/sql-connection.js';

/** `RCa1`: says in a database's header whose file it is. @see https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x52436131;

const MAX_USER_VERSION = 0x7fff_ffff; // A signed integer of four bytes in the header, at offset 60.

/**
 * Marks a database without any table as this module's, and gives it an id of its own. One that holds somebody else's
 * tables stays unmarked.
 */
export async function markAsOwn(sql: SqlConnection): Promise<void> {
  const anything = await sql.all('SELECT name FROM sqlite_master LIMIT 1');
  if (anything.length > 0) return;
  await sql.pragma(`application_id = ${APPLICATION_ID}`);
  await setFileId(sql, randomInt(1, MAX_USER_VERSION));
}

/** Whether this module made the file and nobody else keeps tables in it on purpose. */
export async function isOwn(sql: SqlConnection): Promise<boolean> {
  const [row] = await sql.pragma<{ application_id: number }>('application_id').catch(() => []);
  return row?.application_id === APPLICATION_ID;
}

/** The id that the database was given; a copy of it has the same. 0 for one that was made without. */
export async function fileIdOf(sql: SqlConnection): Promise<number> {
  const [row] = await sql.pragma<{ user_version: number }>('user_version');
  return row?.user_version ?? 0;
}

export async function setFileId(sql: SqlConnection, id: number): Promise<void> {
  await sql.pragma(`user_version = ${id}`);
}

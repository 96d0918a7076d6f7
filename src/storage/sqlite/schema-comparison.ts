import { type ResolvedSqliteOptions } from '../../common/options.js';
import { buildScratchDataSource } from './data-source.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/** A table, index or trigger that is not as the migrations make it. */
export interface SchemaFault {
  readonly type: string;
  readonly name: string;
  readonly fault: 'missing' | 'different';
  /** What creates it. */
  readonly text: string;
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * Compares a file's schema with what the migrations make of an empty database. Whatever else an app keeps in the file
 * is left out.
 */
export async function compareSchema(
  sql: SqlConnection,
  options: ResolvedSqliteOptions,
): Promise<SchemaFault[]> {
  const expected = await expectedSchema(options);
  const present = new Map(
    (await sql.all<SchemaRow>(SCHEMA)).map((row) => [`${row.type} ${row.name}`, row.sql]),
  );
  return expected.flatMap(({ type, name, sql: text }) => {
    const found = present.get(`${type} ${name}`);
    if (found === text) return [];
    return [{ type, name, fault: found === undefined ? 'missing' : 'different', text } as const];
  });
}

async function expectedSchema(options: ResolvedSqliteOptions): Promise<SchemaRow[]> {
  const scratch = await buildScratchDataSource(options).initialize();
  try {
    await scratch.runMigrations();
    return await scratch.query(SCHEMA);
  } finally {
    await scratch.destroy();
  }
}

/** What SQLite makes by itself has no text. */
const SCHEMA = 'SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name';

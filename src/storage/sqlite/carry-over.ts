import { rm } from 'node:fs/promises';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { type Connection } from '../sql/connection.js';
import { buildReadOnlyDataSource, sqlConnectionOf } from './data-source.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

/** Rows taken from one table at the most, so that a damaged file cannot hold the cache up. */
const MOST_ROWS = 2_000;

interface CarriedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** What a row must be, besides the table's own constraints. */
  readonly sound: string;
}

/**
 * What people have set and no source can bring back. A bit that went wrong in it costs little. The mapping of a
 * company to its schema is left behind on purpose: nothing guards its rows, and one that is read wrongly would show
 * a company the books of another.
 */
const CARRIED: readonly CarriedTable[] = [
  {
    name: 'user_cache_settings',
    columns: ['username', 'cache_enabled', 'created_at', 'updated_at'],
    sound: `typeof(username) = 'text' AND cache_enabled IN (0, 1)`,
  },
  {
    name: 'cache_config',
    columns: ['key', 'value', 'updated_at'],
    sound: `typeof("key") = 'text' AND typeof("value") = 'text'`,
  },
];

type Row = Record<string, SqlValue> & { readonly id: number };

/**
 * Copies user switches and settings from a damaged file, row by row, as far as they can be read. Never throws.
 * @returns the number of rows copied.
 */
export async function carryOver(
  options: ResolvedSqliteOptions,
  evidence: string,
  target: Connection,
): Promise<number> {
  const source = buildReadOnlyDataSource({ ...options, path: evidence });
  try {
    await source.initialize();
    return await inTransaction(target, () => copyTables(sqlConnectionOf(source), target.sql));
  } catch {
    return 0;
  } finally {
    if (source.isInitialized) await source.destroy().catch(() => undefined);
    await rm(`${evidence}-shm`, { force: true });
  }
}

async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.begin('exclusive');
  try {
    const result = await work();
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

async function copyTables(source: SqlConnection, target: SqlConnection): Promise<number> {
  let carried = 0;
  for (const table of CARRIED) carried += await copyRows(table, source, target);
  return carried;
}

/** Up to the first row that cannot be read: what lies behind it in the tree is as uncertain. */
async function copyRows(table: CarriedTable, source: SqlConnection, target: SqlConnection): Promise<number> {
  const columns = table.columns.map((column) => `"${column}"`).join(', ');
  const next = `SELECT rowid AS id, ${columns} FROM ${table.name} WHERE rowid > ? AND ${table.sound} ORDER BY rowid LIMIT 1`;
  const insert = `INSERT OR IGNORE INTO ${table.name} (${columns}) VALUES (${table.columns.map(() => '?').join(', ')})`;
  let copied = 0;
  for (let last = 0; copied < MOST_ROWS;) {
    const [row] = await source.all<Row>(next, [last]).catch(() => []);
    if (row === undefined) return copied;
    copied += await target.run(
      insert,
      table.columns.map((column) => row[column] ?? null),
    );
    last = row.id;
  }
  return copied;
}

import { type DataSource, type EntityMetadata } from 'typeorm';
import { MIGRATIONS_TABLE } from './data-source.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/**
 * Compiles a read and each kind of write of every table, triggers included, and runs none: a name that a flipped bit
 * changed is no corruption to SQLite, only an unknown table, and would make every call fail for good. A file that a
 * newer version has migrated is left to that version.
 * @throws SQLite's error for what does not compile.
 */
export async function checkSchema(dataSource: DataSource, sql: SqlConnection): Promise<void> {
  if (await isNewer(dataSource, sql)) return;
  for (const table of dataSource.entityMetadatas) {
    for (const statement of statementsOf(table)) await dataSource.query(`EXPLAIN ${statement}`);
  }
}

async function isNewer(dataSource: DataSource, sql: SqlConnection): Promise<boolean> {
  const executed = await sql.all<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`);
  return executed.some((row) => !dataSource.migrations.some((migration) => migration.name === row.name));
}

function statementsOf({ tableName, columns, primaryColumns }: EntityMetadata): string[] {
  const names = columns.map((column) => `"${column.databaseName}"`);
  const key = primaryColumns.map((column) => `"${column.databaseName}" = NULL`).join(' AND ');
  return [
    `SELECT ${names.join(', ')} FROM "${tableName}" WHERE ${key}`,
    `INSERT INTO "${tableName}" (${names.join(', ')}) VALUES (${names.map(() => 'NULL').join(', ')})`,
    `UPDATE "${tableName}" SET ${names.map((name) => `${name} = NULL`).join(', ')} WHERE ${key}`,
    `DELETE FROM "${tableName}" WHERE ${key}`,
  ];
}

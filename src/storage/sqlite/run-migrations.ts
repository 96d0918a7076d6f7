import { type DataSource } from 'typeorm';
import { beginImmediate } from './begin-immediate.js';
import { MIGRATIONS_TABLE } from './data-source.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/**
 * Runs what is missing in one transaction that holds the write lock from its beginning, so that of several processes
 * starting on one file one migrates and the others find it done. Takes no lock when nothing is missing.
 */
export async function runPendingMigrations(
  dataSource: DataSource,
  sql: SqlConnection,
  patienceMs: number,
): Promise<void> {
  if (!(await isPending(dataSource, sql))) return;
  await beginImmediate(sql, patienceMs);
  try {
    await dataSource.runMigrations({ transaction: 'none' });
    await sql.run('COMMIT');
  } catch (error) {
    await sql.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

// TypeORM's `showMigrations()` would create its table, a write, and two processes can collide there.
async function isPending(dataSource: DataSource, sql: SqlConnection): Promise<boolean> {
  const tables = await sql.all('SELECT name FROM sqlite_master WHERE name = ?', [MIGRATIONS_TABLE]);
  if (tables.length === 0) return true;
  const executed = await sql.all<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`);
  return dataSource.migrations.some((migration) => !executed.some((row) => row.name === migration.name));
}

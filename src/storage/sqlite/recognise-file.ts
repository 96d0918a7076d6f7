import { stat } from 'node:fs/promises';
import { type DataSource } from 'typeorm';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { type Recognition, recogniseMigrations } from '../recognition.js';
import { buildReadOnlyDataSource, MIGRATIONS_TABLE } from './data-source.js';
import { sqliteCode } from './sqlite-errors.js';

/**
 * Looks at a file without changing it, before anything opens it to write.
 * @throws the driver's error when the file cannot be read, or is a damaged database.
 */
export async function recogniseFile(options: ResolvedSqliteOptions): Promise<Recognition> {
  const found = await stat(options.path).catch(absentOrThrow);
  if (found === undefined) return { kind: 'missing' };
  if (!found.isFile() || found.size === 0) return { kind: 'foreign' };
  const source = buildReadOnlyDataSource(options);
  try {
    return recogniseMigrations(await executedMigrations(await source.initialize()), source.migrations);
  } catch (error) {
    if (sqliteCode(error) === 'SQLITE_NOTADB') return { kind: 'foreign' };
    throw error;
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

async function executedMigrations(source: DataSource): Promise<string[]> {
  const tables: unknown[] = await source.query('SELECT 1 FROM sqlite_master WHERE name = ?', [
    MIGRATIONS_TABLE,
  ]);
  if (tables.length === 0) return [];
  const rows: { name: string }[] = await source.query(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY name`);
  return rows.map(({ name }) => name);
}

function absentOrThrow(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

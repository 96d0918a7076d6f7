import { type DataSource } from 'typeorm';
import { type ResolvedPostgresOptions } from '../../common/options.js';
import { type Recognition, recogniseMigrations } from '../recognition.js';
import { buildPostgresDataSource, MIGRATIONS_TABLE } from './data-source.js';

/**
 * Looks at a schema without changing anything.
 * @throws the driver's error when the server cannot be asked.
 */
export async function recogniseSchema(options: ResolvedPostgresOptions): Promise<Recognition> {
  const source = buildPostgresDataSource(options);
  try {
    await source.initialize();
    const executed = await executedMigrations(source, options.schema);
    return executed === undefined ? { kind: 'missing' } : recogniseMigrations(executed, source.migrations);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

async function executedMigrations(source: DataSource, schema: string): Promise<string[] | undefined> {
  const table = `"${schema}"."${MIGRATIONS_TABLE}"`;
  const [found]: { name: string | null }[] = await source.query('SELECT to_regclass($1) AS name', [table]);
  if (found?.name == null) return undefined;
  const rows: { name: string }[] = await source.query(`SELECT name FROM ${table} ORDER BY name`);
  return rows.map(({ name }) => name);
}

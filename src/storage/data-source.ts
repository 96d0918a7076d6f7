import { type DataSource } from 'typeorm';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { buildPostgresDataSource } from './postgres/data-source.js';
import { buildSqliteDataSource } from './sqlite/data-source.js';

/**
 * What the module writes through, not yet opened; also what the TypeORM CLI gets through `ormconfig.ts`.
 * @throws {DriverPackageNotInstalledError} of TypeORM when the driver package cannot be loaded.
 */
export function buildDataSource(options: ResolvedDatabaseOptions): DataSource {
  return options.type === 'postgres' ? buildPostgresDataSource(options) : buildSqliteDataSource(options);
}

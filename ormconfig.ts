import { resolveOptions } from './src/common/options.schema.js';
import { buildDataSource } from './src/storage/data-source.js';

const place = process.env['REPORTS_CACHE_DATABASE'];

/**
 * The cache's database for the TypeORM CLI, e.g.
 * `node --import ./ormconfig.loader.js node_modules/typeorm/cli.js migration:show -d ormconfig.ts`.
 * `REPORTS_CACHE_DATABASE` is the file or the url of a PostgreSQL server, whose schema `REPORTS_CACHE_SCHEMA` names and
 * must be there; else the defaults of `database`.
 */
export default buildDataSource(resolveOptions({ database: databaseAt(place) }).database);

function databaseAt(
  place: string | undefined,
): { path?: string } | { type: 'postgres'; url: string; schema?: string } {
  if (place === undefined) return {};
  if (!/^postgres(ql)?:/.test(place)) return { path: place };
  const schema = process.env['REPORTS_CACHE_SCHEMA'];
  return { type: 'postgres', url: place, ...(schema !== undefined && { schema }) };
}

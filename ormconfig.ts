import { resolveOptions } from './src/common/options.schema.js';
import { buildDataSource } from './src/storage/data-source.js';

const path = process.env['REPORTS_CACHE_DATABASE'];

/**
 * The cache's database for the TypeORM CLI, e.g.
 * `node --import ./ormconfig.loader.js node_modules/typeorm/cli.js migration:show -d ormconfig.ts`.
 * The file is `REPORTS_CACHE_DATABASE`, or the default of `database.path`.
 */
export default buildDataSource(resolveOptions({ database: path === undefined ? {} : { path } }).database);

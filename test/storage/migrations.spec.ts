import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { tempFolder } from '../support/temp-folder.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';
import { someEntry } from './some-entry.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const drivers: Driver[] = ['sqlite', 'better-sqlite3'];

describe('the migrations', () => {
  test.each(drivers)('they build exactly what the entities describe (%s)', async (driver) => {
    const database = await openDatabase(databaseOptions(driver));
    const pending = await database.dataSource!.driver.createSchemaBuilder().log();
    expect(pending.upQueries.map((query) => query.query)).toEqual([]);
  });

  test('the seven tables have the columns and indexes that were promised', async () => {
    const database = await openDatabase();
    const columns = await rowsOf<{ name: string }>(
      database,
      `SELECT m.name || ': ' || (
         SELECT group_concat(c.name, ' ') FROM (SELECT name FROM pragma_table_info(m.name) ORDER BY cid) c
       ) AS name
       FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
    );
    expect(columns.map((row) => row.name)).toEqual(
      expect.arrayContaining([
        'cache_entries: cache_key cache_type company_id username tags created_at expires_at grace_until load_ms byte_size hit_count last_accessed',
        'schema_mappings: id_firma schema created_at last_verified',
        'query_benchmarks: cache_type avg_time_ms sample_count last_updated',
        'performance_log: id cache_type company_id cache_hit response_time_ms estimated_oracle_time_ms time_saved_ms username timestamp outcome miss_reason source_time_ms',
        'user_cache_settings: username cache_enabled created_at updated_at',
        'cache_config: key value updated_at',
        'cache_watermarks: company_id schema max_id_act checked_at',
      ]),
    );
    const indexes = await rowsOf<{ name: string }>(
      database,
      `SELECT tbl_name || '.' || group_concat(c.name) AS name FROM sqlite_master m, pragma_index_info(m.name) c
       WHERE m.type = 'index' AND m.sql IS NOT NULL GROUP BY m.name`,
    );
    expect(indexes.map((row) => row.name)).toEqual(
      expect.arrayContaining([
        'cache_entries.cache_type',
        'cache_entries.company_id',
        'cache_entries.expires_at',
        'performance_log.cache_type',
        'performance_log.timestamp',
      ]),
    );
  });

  // Eight processes, each of which compiles what it loads.
  test(
    'the TypeORM CLI runs, shows and reverts them through ormconfig.ts, on a file the module can then use',
    { timeout: 120_000 },
    async () => {
      const path = join(tempFolder(), 'made-by-cli', 'reports.sqlite');
      expect(await typeormCli(path, 'migration:show')).toContain('[ ] CreateReportsCache1767225600000');
      expect(await typeormCli(path, 'migration:run')).toContain('has been executed successfully');
      expect(await typeormCli(path, 'migration:show')).toMatch(/\[X\] \d+ CreateReportsCache1767225600000/);

      const database = await openDatabase({ ...databaseOptions(), path });
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry());
      expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
      const vacuum = await database.write((_manager, sql) => sql.pragma('auto_vacuum'));
      expect(vacuum).toEqual([{ auto_vacuum: 2 }]);
      const migrations = database.dataSource!.migrations.length;
      await database.close();

      for (let migration = 0; migration < migrations; migration += 1)
        expect(await typeormCli(path, 'migration:revert')).toContain('has been reverted successfully');
      expect(await typeormCli(path, 'migration:show')).toContain('[ ] CreateReportsCache1767225600000');
    },
  );
});

async function typeormCli(path: string, command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './ormconfig.loader.js', 'node_modules/typeorm/cli.js', command, '-d', 'ormconfig.ts'],
    { cwd: project, env: { ...process.env, REPORTS_CACHE_DATABASE: path } },
  ).catch((error: { stdout: string; code: number }) => {
    // `migration:show` exits with 1 when something is pending.
    if (command === 'migration:show' && error.code === 1) return error;
    throw error as unknown as Error;
  });
  return stdout;
}

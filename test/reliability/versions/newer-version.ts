import { setTimeout } from 'node:timers/promises';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { ResolvedSqliteOptions } from '../../../src/common/options.js';
import { buildSqliteDataSource, sqlConnectionOf } from '../../../src/storage/sqlite/data-source.js';
import { runPendingMigrations } from '../../../src/storage/sqlite/run-migrations.js';
import { isBusy } from '../../../src/storage/sqlite/sqlite-errors.js';

/** What a later version may do to the schema: new tables, new columns that are nullable or have a default, new indexes. */
class AddWhatComesLater9999999999999 implements MigrationInterface {
  readonly name = 'AddWhatComesLater9999999999999';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['cache_entries', 'cache_config', 'performance_log', 'cache_watermarks'])
      await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN later text`);
    await queryRunner.query('CREATE TABLE later_things (id integer PRIMARY KEY, thing text NOT NULL)');
    await queryRunner.query(`INSERT INTO later_things (thing) VALUES ('precious')`);
    await queryRunner.query('CREATE INDEX idx_later ON cache_entries (later)');
  }

  async down(): Promise<void> {}
}

/** A newer version of this module starts on the file: it runs what is missing by the very code that this one uses. */
export async function startNewerVersion(options: ResolvedSqliteOptions): Promise<void> {
  const source = buildSqliteDataSource(options);
  const migrations = [...(source.options.migrations as never[]), AddWhatComesLater9999999999999];
  source.setOptions({ migrations });
  await initializeInTurn(source);
  const sql = sqlConnectionOf(source);
  try {
    await runPendingMigrations(source, sql, options.busyTimeoutMs);
  } finally {
    await sql.release();
    await source.destroy();
  }
}

/** As the connector does, which opens again while others write: better-sqlite3 itself waits no more than 5 ms. */
async function initializeInTurn(source: DataSource): Promise<void> {
  for (;;) {
    try {
      await source.initialize();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await setTimeout(10);
    }
  }
}

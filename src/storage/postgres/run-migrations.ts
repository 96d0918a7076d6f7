import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { migrationLock } from './advisory-locks.js';
import { MIGRATIONS_TABLE } from './data-source.js';

/**
 * Creates the schema and runs what is missing, in one transaction behind a lock, so that of several instances starting
 * at once one migrates and the others find it done. Takes no lock, and needs no right but to read, when nothing is
 * missing.
 * @param patienceMs how long it waits for an instance that migrates
 */
export async function runPendingMigrations(
  dataSource: DataSource,
  schema: string,
  patienceMs: number,
): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    if (!(await isPending(dataSource, queryRunner, schema))) return;
    await queryRunner.startTransaction('READ COMMITTED');
    await migrate(dataSource, queryRunner, schema, patienceMs);
    await queryRunner.commitTransaction();
  } catch (error) {
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await queryRunner.release();
  }
}

async function migrate(
  dataSource: DataSource,
  queryRunner: QueryRunner,
  schema: string,
  patienceMs: number,
): Promise<void> {
  await queryRunner.query(`SET LOCAL lock_timeout = ${Math.ceil(patienceMs)}`);
  // That of the session is for reads.
  await queryRunner.query('SET LOCAL statement_timeout = 0');
  await queryRunner.query(migrationLock(schema));
  await createSchema(queryRunner, schema);
  const executor = new MigrationExecutor(dataSource, queryRunner);
  executor.transaction = 'none';
  await executor.executePendingMigrations();
}

/** Asked for first: `IF NOT EXISTS` wants the right to create one even where it is there. */
async function createSchema(queryRunner: QueryRunner, schema: string): Promise<void> {
  const found = (await queryRunner.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [
    schema,
  ])) as unknown[];
  if (found.length === 0) await queryRunner.query(`CREATE SCHEMA "${schema}"`);
}

async function isPending(dataSource: DataSource, queryRunner: QueryRunner, schema: string): Promise<boolean> {
  const table = `"${schema}"."${MIGRATIONS_TABLE}"`;
  const found = (await queryRunner.query('SELECT to_regclass($1) AS name', [table])) as [
    { name: string | null },
  ];
  if (found[0].name === null) return true;
  const executed = (await queryRunner.query(`SELECT name FROM ${table}`)) as { name: string }[];
  return dataSource.migrations.some((migration) => !executed.some((row) => row.name === migration.name));
}

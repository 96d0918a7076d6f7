import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What became of each request and why, its sums by hour and day, who did what by the dashboard, and how the cache was. */
export class RollUpTheLog1767484800000 implements MigrationInterface {
  readonly name = 'RollUpTheLog1767484800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...COLUMNS, ...TABLES]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLE_NAMES) await queryRunner.query(`DROP TABLE "${table}"`);
    for (const column of COLUMN_NAMES) {
      await queryRunner.query(`ALTER TABLE "performance_log" DROP COLUMN "${column}"`);
    }
  }
}

const COLUMN_NAMES = ['outcome', 'miss_reason', 'source_time_ms'];

const COLUMNS = [
  'ALTER TABLE "performance_log" ADD COLUMN "outcome" text',
  'ALTER TABLE "performance_log" ADD COLUMN "miss_reason" text',
  'ALTER TABLE "performance_log" ADD COLUMN "source_time_ms" double precision',
];

const TABLE_NAMES = [
  'performance_rollups',
  'performance_rollup_cursor',
  'cache_audit_log',
  'cache_health_samples',
];

const TABLES = [
  `CREATE TABLE "performance_rollups" (
    "resolution" text NOT NULL,
    "started_at" bigint NOT NULL,
    "cache_type" text NOT NULL,
    "company_id" text NOT NULL,
    "outcome" text NOT NULL,
    "miss_reason" text NOT NULL,
    "requests" bigint NOT NULL,
    "response_total_ms" double precision NOT NULL,
    "response_times" text NOT NULL,
    "source_total_ms" double precision NOT NULL,
    "source_times" text NOT NULL,
    PRIMARY KEY ("resolution", "started_at", "cache_type", "company_id", "outcome", "miss_reason"))`,
  `CREATE TABLE "performance_rollup_cursor" ("name" text PRIMARY KEY NOT NULL, "log_id" bigint NOT NULL)`,
  `INSERT INTO "performance_rollup_cursor" ("name", "log_id") VALUES ('performance_log', 0)`,
  `CREATE TABLE "cache_audit_log" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "timestamp" bigint NOT NULL,
    "username" text,
    "action" text NOT NULL,
    "target" text NOT NULL,
    "company_id" text,
    "subject" text,
    "value" text,
    "outcome" text NOT NULL,
    "removed" bigint)`,
  `CREATE TABLE "cache_health_samples" (
    "sampled_at" bigint PRIMARY KEY NOT NULL,
    "store_ok" boolean NOT NULL,
    "watermark_ok" boolean,
    "entries" bigint,
    "entry_bytes" bigint,
    "database_bytes" bigint,
    "wal_bytes" bigint)`,
];

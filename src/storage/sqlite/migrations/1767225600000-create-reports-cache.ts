import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The first schema: the seven tables, the payloads and tags of entries, and the counters that triggers keep. */
export class CreateReportsCache1767225600000 implements MigrationInterface {
  readonly name = 'CreateReportsCache1767225600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INDEXES, ...COUNTERS, ...TRIGGERS])
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLE_NAMES) await queryRunner.query(`DROP TABLE "${table}"`);
  }
}

const TABLES = [
  `CREATE TABLE "cache_entries" (
    "cache_key" text PRIMARY KEY NOT NULL,
    "cache_type" text NOT NULL,
    "company_id" text,
    "username" text,
    "tags" text NOT NULL,
    "created_at" bigint NOT NULL,
    "expires_at" bigint NOT NULL,
    "grace_until" bigint NOT NULL,
    "load_ms" double precision NOT NULL,
    "byte_size" bigint NOT NULL,
    "hit_count" integer NOT NULL DEFAULT (0),
    "last_accessed" bigint NOT NULL)`,
  `CREATE TABLE "cache_payloads" (
    "cache_key" text PRIMARY KEY NOT NULL,
    "format" text NOT NULL,
    "checksum" bigint NOT NULL,
    "body" blob NOT NULL)`,
  `CREATE TABLE "cache_entry_tags" (
    "tag" text NOT NULL,
    "cache_key" text NOT NULL,
    PRIMARY KEY ("tag", "cache_key"))`,
  `CREATE TABLE "cache_counters" ("name" text PRIMARY KEY NOT NULL, "value" bigint NOT NULL)`,
  `CREATE TABLE "schema_mappings" (
    "id_firma" text PRIMARY KEY NOT NULL,
    "schema" text NOT NULL,
    "created_at" bigint NOT NULL,
    "last_verified" bigint NOT NULL)`,
  `CREATE TABLE "query_benchmarks" (
    "cache_type" text PRIMARY KEY NOT NULL,
    "avg_time_ms" double precision NOT NULL,
    "sample_count" integer NOT NULL,
    "last_updated" bigint NOT NULL)`,
  `CREATE TABLE "performance_log" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "cache_type" text NOT NULL,
    "company_id" text,
    "cache_hit" boolean NOT NULL,
    "response_time_ms" double precision NOT NULL,
    "estimated_oracle_time_ms" double precision,
    "time_saved_ms" double precision,
    "username" text,
    "timestamp" bigint NOT NULL)`,
  `CREATE TABLE "user_cache_settings" (
    "username" text PRIMARY KEY NOT NULL,
    "cache_enabled" boolean NOT NULL DEFAULT (1),
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL)`,
  `CREATE TABLE "cache_config" (
    "key" text PRIMARY KEY NOT NULL,
    "value" text NOT NULL,
    "updated_at" bigint NOT NULL)`,
  `CREATE TABLE "cache_watermarks" (
    "company_id" text PRIMARY KEY NOT NULL,
    "schema" text NOT NULL,
    "max_id_act" text NOT NULL,
    "checked_at" bigint NOT NULL)`,
];

// None on `last_accessed`: it would move at every write and every counted hit, for an eviction that can do without.
const INDEXES = [
  `CREATE INDEX "idx_cache_entries_cache_type" ON "cache_entries" ("cache_type")`,
  `CREATE INDEX "idx_cache_entries_company_id" ON "cache_entries" ("company_id")`,
  `CREATE INDEX "idx_cache_entries_expires_at" ON "cache_entries" ("expires_at")`,
  `CREATE INDEX "idx_cache_entry_tags_cache_key" ON "cache_entry_tags" ("cache_key")`,
  `CREATE INDEX "idx_performance_log_cache_type" ON "performance_log" ("cache_type")`,
  `CREATE INDEX "idx_performance_log_timestamp" ON "performance_log" ("timestamp")`,
];

const COUNTERS = [`INSERT INTO "cache_counters" ("name", "value") VALUES ('entries', 0), ('bytes', 0)`];

// Triggers instead of sums kept by the code that writes: these hold for every process and every tool that writes.
const TRIGGERS = [
  `CREATE TRIGGER "cache_entries_inserted" AFTER INSERT ON "cache_entries" BEGIN
    UPDATE "cache_counters" SET "value" = "value" + CASE "name" WHEN 'entries' THEN 1 ELSE NEW."byte_size" END;
  END`,
  `CREATE TRIGGER "cache_entries_resized" AFTER UPDATE OF "byte_size" ON "cache_entries"
  WHEN NEW."byte_size" <> OLD."byte_size" BEGIN
    UPDATE "cache_counters" SET "value" = "value" + NEW."byte_size" - OLD."byte_size" WHERE "name" = 'bytes';
  END`,
  `CREATE TRIGGER "cache_entries_replaced" AFTER UPDATE OF "tags" ON "cache_entries" WHEN OLD."tags" <> '[]' BEGIN
    DELETE FROM "cache_entry_tags" WHERE "cache_key" = OLD."cache_key";
  END`,
  `CREATE TRIGGER "cache_entries_deleted" AFTER DELETE ON "cache_entries" BEGIN
    UPDATE "cache_counters" SET "value" = "value" - CASE "name" WHEN 'entries' THEN 1 ELSE OLD."byte_size" END;
    DELETE FROM "cache_payloads" WHERE "cache_key" = OLD."cache_key";
    DELETE FROM "cache_entry_tags" WHERE "cache_key" = OLD."cache_key";
  END`,
];

const TABLE_NAMES = [
  'cache_entries',
  'cache_payloads',
  'cache_entry_tags',
  'cache_counters',
  'schema_mappings',
  'query_benchmarks',
  'performance_log',
  'user_cache_settings',
  'cache_config',
  'cache_watermarks',
];

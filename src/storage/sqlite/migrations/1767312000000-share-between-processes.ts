import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the processes that share the file tell one another: who they are, what they dropped, who loads what. */
export class ShareBetweenProcesses1767312000000 implements MigrationInterface {
  readonly name = 'ShareBetweenProcesses1767312000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, FIRST_INVALIDATION]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLE_NAMES) await queryRunner.query(`DROP TABLE "${table}"`);
  }
}

const TABLES = [
  `CREATE TABLE "cache_processes" (
    "process_id" text PRIMARY KEY NOT NULL,
    "alive_until" bigint NOT NULL)`,
  `CREATE TABLE "cache_invalidations" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "origin" text NOT NULL,
    "selector" text NOT NULL,
    "noted_at" bigint NOT NULL)`,
  `CREATE TABLE "cache_leases" (
    "cache_key" text PRIMARY KEY NOT NULL,
    "holder" text NOT NULL,
    "expires_at" bigint NOT NULL)`,
];

// The table is never empty, so that everybody has a row to go on from; its random origin tells one file from another.
const FIRST_INVALIDATION = `
  INSERT INTO "cache_invalidations" ("origin", "selector", "noted_at")
  VALUES (lower(hex(randomblob(16))), '{}', 0)`;

const TABLE_NAMES = ['cache_processes', 'cache_invalidations', 'cache_leases'];

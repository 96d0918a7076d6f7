import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What each company holds, kept by triggers, so that its share of the file can be told without a scan. */
export class CountCompanies1767398400000 implements MigrationInterface {
  readonly name = 'CountCompanies1767398400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [TABLE, PRESENT, ...TRIGGERS]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of TRIGGER_NAMES) await queryRunner.query(`DROP TRIGGER "${name}"`);
    await queryRunner.query('DROP TABLE "cache_company_sizes"');
  }
}

const TABLE = `CREATE TABLE "cache_company_sizes" (
  "company_id" text PRIMARY KEY NOT NULL,
  "entries" bigint NOT NULL,
  "bytes" bigint NOT NULL)`;

const PRESENT = `INSERT INTO "cache_company_sizes" ("company_id", "entries", "bytes")
  SELECT "company_id", COUNT(*), SUM("byte_size") FROM "cache_entries"
  WHERE "company_id" IS NOT NULL GROUP BY "company_id"`;

const TRIGGER_NAMES = ['cache_entries_joined', 'cache_entries_left', 'cache_entries_moved'];

const JOIN = `
  INSERT INTO "cache_company_sizes" ("company_id", "entries", "bytes")
  SELECT NEW."company_id", 1, NEW."byte_size" WHERE NEW."company_id" IS NOT NULL
  ON CONFLICT ("company_id") DO UPDATE SET "entries" = "entries" + 1, "bytes" = "bytes" + excluded."bytes";`;

const LEAVE = `
  UPDATE "cache_company_sizes" SET "entries" = "entries" - 1, "bytes" = "bytes" - OLD."byte_size"
  WHERE "company_id" = OLD."company_id";
  DELETE FROM "cache_company_sizes" WHERE "company_id" = OLD."company_id" AND "entries" <= 0;`;

const TRIGGERS = [
  `CREATE TRIGGER "cache_entries_joined" AFTER INSERT ON "cache_entries" BEGIN ${JOIN} END`,
  `CREATE TRIGGER "cache_entries_left" AFTER DELETE ON "cache_entries" BEGIN ${LEAVE} END`,
  `CREATE TRIGGER "cache_entries_moved" AFTER UPDATE OF "byte_size", "company_id" ON "cache_entries"
  WHEN NEW."byte_size" <> OLD."byte_size" OR NEW."company_id" IS NOT OLD."company_id" BEGIN ${LEAVE} ${JOIN} END`,
];

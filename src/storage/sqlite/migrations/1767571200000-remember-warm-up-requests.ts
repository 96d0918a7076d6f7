import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What was asked and can be asked again, so that it is there before the next user asks. */
export class RememberWarmUpRequests1767571200000 implements MigrationInterface {
  readonly name = 'RememberWarmUpRequests1767571200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "warm_up_requests"');
  }
}

const TABLE = `CREATE TABLE "warm_up_requests" (
  "cache_key" text PRIMARY KEY NOT NULL,
  "cache_type" text NOT NULL,
  "company_id" text,
  "request" text NOT NULL,
  "asked" double precision NOT NULL,
  "last_asked" bigint NOT NULL,
  "source_ms" double precision,
  "failures" integer NOT NULL,
  "retry_at" bigint NOT NULL)`;

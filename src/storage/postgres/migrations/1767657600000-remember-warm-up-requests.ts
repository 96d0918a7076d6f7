import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What was asked and can be asked again, so that it is there before the next user asks. */
export class RememberWarmUpRequests1767657600000 implements MigrationInterface {
  readonly name = 'RememberWarmUpRequests1767657600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE ${tableOf(queryRunner)} (${COLUMNS})`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner)}`);
  }
}

function tableOf(queryRunner: QueryRunner): string {
  const { schema } = queryRunner.connection.options as { schema: string };
  return `"${schema}"."warm_up_requests"`;
}

/** Bytes in the order of their codes, as in all tables. */
const TEXT = 'text COLLATE "C"';

const COLUMNS = `
  "cache_key" ${TEXT} PRIMARY KEY,
  "cache_type" ${TEXT} NOT NULL,
  "company_id" ${TEXT},
  "request" ${TEXT} NOT NULL,
  "asked" double precision NOT NULL,
  "last_asked" bigint NOT NULL,
  "source_ms" double precision,
  "failures" bigint NOT NULL,
  "retry_at" bigint NOT NULL`;

import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Has the database itself tell the instances what is new, in the transaction that makes it so. Rejected: `pg_notify` in
 * the statements of the module, which a tool that writes past it would not run. The channel is called like the schema.
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export class TellOfNews1767571200000 implements MigrationInterface {
  readonly name = 'TellOfNews1767571200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const schema = schemaOf(queryRunner);
    await queryRunner.query(`SET LOCAL search_path TO "${schema}"`);
    for (const statement of [...functions(schema), ...TRIGGERS]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL search_path TO "${schemaOf(queryRunner)}"`);
    for (const [name, table] of Object.entries(TABLES)) {
      await queryRunner.query(`DROP TRIGGER "told" ON "${table}"`);
      await queryRunner.query(`DROP FUNCTION "${name}"()`);
    }
  }
}

function schemaOf(queryRunner: QueryRunner): string {
  return (queryRunner.connection.options as { schema: string }).schema;
}

const TABLES = { cache_invalidations_noted: 'cache_invalidations', cache_leases_ended: 'cache_leases' };

// Neither names a key, a company or a user: whoever may connect to the database may listen.
const FUNCTIONS: Readonly<Record<keyof typeof TABLES, string>> = {
  cache_invalidations_noted: `
    PERFORM pg_notify(TG_TABLE_SCHEMA, 'dropped ' || MAX(id) || ' ' || origin) FROM added GROUP BY origin;`,
  cache_leases_ended: `
    PERFORM pg_notify(TG_TABLE_SCHEMA, 'released ' || encode(sha256(convert_to(cache_key, 'UTF8')), 'hex'))
    FROM removed;`,
};

/** With a search path of their own, so that whoever writes into the tables cannot put others in their place. */
function functions(schema: string): string[] {
  return Object.entries(FUNCTIONS).map(
    ([name, body]) => `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql
      SET search_path = "${schema}", pg_temp AS $$ BEGIN ${body} RETURN NULL; END $$`,
  );
}

const TRIGGERS = [
  `CREATE TRIGGER "told" AFTER INSERT ON "cache_invalidations" REFERENCING NEW TABLE AS added
   FOR EACH STATEMENT EXECUTE FUNCTION "cache_invalidations_noted"()`,
  `CREATE TRIGGER "told" AFTER DELETE ON "cache_leases" REFERENCING OLD TABLE AS removed
   FOR EACH STATEMENT EXECUTE FUNCTION "cache_leases_ended"()`,
];

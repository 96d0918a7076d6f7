import { describe, expect, test } from 'vitest';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { SqlConnection } from '../../../src/storage/sql/sql-connection.js';
import { CacheConfigRepository } from '../../../src/storage/repositories/cache-config.repository.js';
import { hasPostgres, POSTGRES_URL, postgresOptions } from '../../support/postgres.js';
import { openDatabase } from '../open-database.js';
import { T0 } from '../some-entry.js';

const TOUCH = 'UPDATE cache_config SET updated_at = updated_at + 1 WHERE key = ?';

/** Somebody past the module, who waits for ever and leaves it to others to find a deadlock. */
async function foreigner(schema: string): Promise<(text: string) => Promise<unknown>> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  onTestFinished(() => client.end());
  await client.connect();
  await client.query(`SET search_path TO "${schema}"; SET deadlock_timeout = '1h'; BEGIN`);
  return (text) => client.query(text);
}

describe.skipIf(!hasPostgres)('a transaction that collides with that of somebody else', () => {
  test('is made again after a deadlock, and every caller has what it asked for', async () => {
    const options = postgresOptions({ busyTimeoutMs: 15_000 });
    const database = await openDatabase(options);
    const config = new CacheConfigRepository(database);
    for (const key of ['a', 'b']) await config.upsert(key, '0', T0);
    const run = await foreigner(options.schema);
    await run(`UPDATE cache_config SET value = 'theirs' WHERE key = 'b'`);
    let attempts = 0;
    let theirs: Promise<unknown> = Promise.resolve();
    const ours = database.write(async (_manager, sql) => {
      attempts += 1;
      await sql.run(TOUCH, ['a']);
      if (attempts === 1)
        theirs = run(`UPDATE cache_config SET value = 'theirs' WHERE key = 'a'`).then(() => run('COMMIT'));
      await sql.run(TOUCH, ['b']);
    });
    const beside = config.upsert('c', '1', T0);
    await Promise.all([ours, beside, theirs]);
    // Whoever comes first to what the last attempt let go of decides whether there is one more.
    expect(attempts).toBeGreaterThan(1);
    expect(await config.all()).toMatchObject([
      { key: 'a', value: 'theirs', updatedAt: T0 + 1 },
      { key: 'b', value: 'theirs', updatedAt: T0 + 1 },
      { key: 'c', value: '1' },
    ]);
  });

  test.each(['40P01', '40001'])('again and again is refused after four times (%s)', async (state) => {
    const database = await openDatabase(postgresOptions());
    let attempts = 0;
    const colliding = database.write(async (_manager, sql: SqlConnection) => {
      attempts += 1;
      await sql.run(`DO $$ BEGIN RAISE EXCEPTION 'collision' USING ERRCODE = '${state}'; END $$`);
    });
    await expect(colliding).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { code: state } });
    expect(attempts).toBe(4);
    expect(database.state.kind).toBe('open');
    await new CacheConfigRepository(database).upsert('a', '1', T0);
  });
});

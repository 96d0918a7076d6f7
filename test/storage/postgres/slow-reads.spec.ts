import { describe, expect, test } from 'vitest';
import { greetServer } from '../../../src/storage/postgres/greet-server.js';
import type { PgPoolClient, PgQuery } from '../../../src/storage/postgres/pg-types.js';
import { CacheConfigRepository } from '../../../src/storage/repositories/cache-config.repository.js';
import { CacheInvalidationRepository } from '../../../src/storage/repositories/cache-invalidation.repository.js';
import { CacheProcessRepository } from '../../../src/storage/repositories/cache-process.repository.js';
import type { Database } from '../../../src/storage/database.js';
import { hasPostgres, inPostgres, postgresOptions } from '../../support/postgres.js';
import { openDatabase } from '../open-database.js';
import { T0 } from '../some-entry.js';

/** A read that takes as long as the server lets it. */
function readSlowly(database: Database): Promise<unknown> {
  return database.read((_manager, sql) => sql.all('SELECT pg_sleep(60)'));
}

describe.skipIf(!hasPostgres)('reads that take long', () => {
  test('leave room to learn what other instances dropped, and to write', async () => {
    const database = await openDatabase(postgresOptions({ poolSize: 3, busyTimeoutMs: 3_000 }));
    await new CacheConfigRepository(database).upsert('a', '0', T0);
    let reading = 8;
    const reads = Array.from({ length: 8 }, () =>
      readSlowly(database)
        .catch(() => undefined)
        .then(() => (reading -= 1)),
    );
    await new CacheProcessRepository(database).census(T0);
    await new CacheInvalidationRepository(database).newest();
    await new CacheConfigRepository(database).upsert('a', '1', T0);
    expect(reading).toBe(8);
    await Promise.all(reads);
  });

  test('wait for room no longer than for a connection', async () => {
    const database = await openDatabase(postgresOptions({ poolSize: 2, busyTimeoutMs: 5_000 }));
    const [first, second] = [readSlowly(database), readSlowly(database)];
    first.catch(() => undefined);
    await expect(second).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(database.state.kind).toBe('open');
    await first.catch(() => undefined);
  });

  test('are ended by the server when their caller may have left', async () => {
    const options = postgresOptions({ busyTimeoutMs: 200 });
    const database = await openDatabase(options);
    const read = database.read((_manager, sql) => sql.all(`SELECT pg_sleep(60), '${options.schema}'`));
    await expect(read).rejects.toMatchObject({ cause: { code: '57014' } });
    const working = await inPostgres(
      `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()`,
      [`%pg_sleep(60), '${options.schema}'%`],
    );
    expect(working).toEqual([]);
  });
});

describe.skipIf(!hasPostgres)('a new connection', () => {
  test('to a server that only reads is refused, and says why', async () => {
    const options = postgresOptions();
    await openDatabase(options);
    const reading = new URL(options.url);
    reading.searchParams.set('options', '-c default_transaction_read_only=on');
    const database = await openDatabase({ ...options, url: reading.href });
    expect(database.state).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('the server only reads') as string,
    });
  });
});

test('the limit of a session that a pooler may give to others stays as it is', async () => {
  const asked: PgQuery[] = [];
  const client = {
    query: (query: PgQuery) => {
      asked.push(query);
      return Promise.resolve({ command: 'SELECT', rows: [{ onlyReads: false }], rowCount: 1 });
    },
  };
  await greetServer(client as unknown as PgPoolClient, 500);
  // The number of the process is unknown, and equal to none.
  expect(asked.map(({ values }) => values)).toEqual([[null, '500']]);
});

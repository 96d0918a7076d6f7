import { describe, expect, onTestFinished, test } from 'vitest';
import { hashOfKey } from '../../../src/cluster/notice.js';
import { resolveOptions } from '../../../src/common/options.schema.js';
import type { ResolvedPostgresOptions } from '../../../src/common/options.js';
import { Database } from '../../../src/storage/database.js';
import { postgresNotices } from '../../../src/storage/postgres/postgres-notices.js';
import { CacheInvalidationRepository } from '../../../src/storage/repositories/cache-invalidation.repository.js';
import { CacheLeaseRepository } from '../../../src/storage/repositories/cache-lease.repository.js';
import { hasPostgres, inPostgres, postgresOptions } from '../../support/postgres.js';

/** A database, and a channel to it that has begun to listen. */
async function startListening(overrides: Partial<ResolvedPostgresOptions> = {}) {
  const options = postgresOptions(overrides);
  const database = new Database(options);
  await database.open();
  const channel = postgresNotices(options, database);
  const said: (string | undefined)[] = [];
  channel.onNotice((text) => said.push(text));
  channel.start();
  onTestFinished(async () => {
    await channel.stop();
    await database.close();
  });
  await expect.poll(() => channel.state).toBe('listening');
  return { database, channel, said, options };
}

const END_LISTENERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'reports-cache notices' AND query LIKE '%' || $1 || '%'`;

describe.skipIf(!hasPostgres)('the notices of PostgreSQL', () => {
  test('tell of what was dropped, by number and process alone', async () => {
    const { database, said } = await startListening();
    const invalidations = new CacheInvalidationRepository(database);
    await invalidations.removeAll();
    const { id } = await invalidations.newest();
    await expect.poll(() => said).toEqual([undefined, `dropped ${id} ${database.processId}`]);
  });

  test('tell that the lease of a key has ended, whatever its length and letters', async () => {
    const { database, said } = await startListening();
    const leases = new CacheLeaseRepository(database);
    const key = `["umsätze 📈","${'x'.repeat(9_000)}"]`;
    const holder = await leases.acquire(key, 0, 1);
    expect(said).toEqual([undefined]);
    await leases.release(key, holder!);
    await expect.poll(() => said).toEqual([undefined, `released ${hashOfKey(key)}`]);
  });

  test('tell nothing of what was rolled back, nor of another schema', async () => {
    const { database, said } = await startListening();
    const other = await startListening();
    const undone = database.write(async (_manager, sql) => {
      await sql.run(`INSERT INTO cache_invalidations (origin, selector, noted_at) VALUES ('x', '{}', 0)`);
      throw new Error('undone');
    }, 'exclusive');
    await expect(undone).rejects.toThrow('undone');
    await new CacheInvalidationRepository(other.database).removeAll();
    await expect.poll(() => other.said).toHaveLength(2);
    expect(said).toEqual([undefined]);
  });

  test('are heard again when the server has ended the connection', async () => {
    const { channel, said, options } = await startListening();
    await inPostgres(END_LISTENERS, [options.schema]);
    await expect.poll(() => said, { timeout: 10_000 }).toEqual([undefined, undefined]);
    expect(channel.state).toBe('listening');
  });

  test('come by a connection to another address where one is given', async () => {
    const options = postgresOptions({ listenUrl: 'postgres://postgres@127.0.0.1:1/test' });
    const database = new Database(options);
    await database.open();
    const channel = postgresNotices(options, database);
    channel.start();
    onTestFinished(async () => {
      await channel.stop();
      await database.close();
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([database.state.kind, channel.state]).toEqual(['open', 'connecting']);
  });
});

test('instances listen where they read, unless told otherwise, and a wrong address is named without its words', () => {
  const url = 'postgres://user:secret@db:5432/erp';
  const listenUrl = 'postgres://user:secret@direct:5432/erp';
  const resolve = (database: object) =>
    resolveOptions({ database: { type: 'postgres', url, ...database } }).database;
  expect(resolve({})).toMatchObject({ listenUrl: url });
  expect(resolve({ listenUrl })).toMatchObject({ url, listenUrl });
  expect(() => resolve({ listenUrl: 'mysql://user:secret@db/erp' })).toThrow(
    /database\.listenUrl must be such as 'postgres:\/\/user:password/,
  );
  expect(() => resolve({ listenUrl: 'mysql://user:secret@db/erp' })).not.toThrow(/secret/);
});

test.each(['url', 'listenUrl'])(
  'an "@" that a password left in the path, query or hash of %s is refused',
  (name) => {
    const resolve = (password: string) => () =>
      resolveOptions({
        database: {
          type: 'postgres',
          url: 'postgres://user@db/erp',
          [name]: `postgres://user:${password}@db:5432/erp`,
        },
      });
    for (const password of ['a@sec/ret', 'a/sec@ret', 'sec?ret', '1#secret'])
      expect(resolve(password)).toThrow(
        new RegExp(`database\\.${name} has an "@" behind its host|must be such as`),
      );
    for (const password of ['a@sec/ret', 'a/sec@ret', 'sec?ret', '1#secret'])
      expect(resolve(password)).not.toThrow(/sec/);
    expect(resolve('sec%2Fr%40t')).not.toThrow();
  },
);

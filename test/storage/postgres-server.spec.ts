import type { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ResolvedPostgresOptions } from '../../src/common/options.js';
import type { Database } from '../../src/storage/database.js';
import { poolOf } from '../../src/storage/postgres/data-source.js';
import { putEntries } from '../../src/storage/entries/put-entries.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { CacheInvalidationRepository } from '../../src/storage/repositories/cache-invalidation.repository.js';
import { CacheProcessRepository } from '../../src/storage/repositories/cache-process.repository.js';
import { SchemaMappingRepository } from '../../src/storage/repositories/schema-mapping.repository.js';
import { noteInvalidations } from '../../src/storage/sharing/note-invalidations.js';
import type { BatchOperation, Connection, LockMode } from '../../src/storage/sql/connection.js';
import type { SqlConnection } from '../../src/storage/sql/sql-connection.js';
import { hasPostgres, inPostgres, POSTGRES_URL, postgresOptions } from '../support/postgres.js';
import { newDatabase, openDatabase, rowsOf } from './open-database.js';
import { someEntry, T0 } from './some-entry.js';

const FOR_EVER = T0 + 1e12;

/** Instances that tell one another what they drop. */
async function cluster(size: number, options = postgresOptions()): Promise<Database[]> {
  const databases = await Promise.all(Array.from({ length: size }, () => openDatabase(options)));
  for (const database of databases) await new CacheProcessRepository(database).join(FOR_EVER);
  return databases;
}

const entriesOf = (database: Database) => new CacheEntryRepository(database);

/** Does the work in a transaction that stays open until it is let go. */
async function holding(
  database: Database,
  lock: LockMode,
  work: (sql: SqlConnection) => Promise<unknown> = async () => {},
): Promise<{ end(): Promise<void> }> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  // Before the database closes, which waits for it.
  onTestFinished(() => release());
  let ended: Promise<void> | undefined;
  await new Promise<void>((done) => {
    ended = database.write(async (_manager, sql) => {
      await work(sql);
      done();
      await held;
    }, lock);
  });
  return {
    end: async () => {
      release();
      await ended;
    },
  };
}

describe.skipIf(!hasPostgres)('several instances on one server', () => {
  test('ten that start at once on a missing schema all start, and it is made once', async () => {
    const options = postgresOptions();
    const databases = Array.from({ length: 10 }, () => newDatabase(options));
    await Promise.all(databases.map((database) => database.open()));
    expect(databases.map(({ state }) => state.kind)).toEqual(Array(10).fill('open'));
    await Promise.all(
      databases.map((database, index) => new CacheConfigRepository(database).upsert(`key-${index}`, '', T0)),
    );
    const [first] = databases;
    expect(await rowsOf(first!, 'SELECT name FROM reports_cache_migrations')).toHaveLength(
      first!.dataSource!.migrations.length,
    );
    expect(await new CacheConfigRepository(first!).all()).toHaveLength(10);
  });

  test('a drop waits for what another instance is storing, and removes it', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    const storing = await holding(one, 'shared', (sql) =>
      putEntries.apply({ sql, lock: 'shared' } as Connection, [someEntry()]),
    );
    const removed = entriesOf(other).remove({ companyId: '7' });
    await setTimeout(30);
    await storing.end();
    expect(await removed).toBe(1);
    expect(await entriesOf(one).find('key-1')).toBe('absent');
  });

  test('a fill waits for what another instance is dropping, and is not stored behind it', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    const { id: knowing } = await new CacheInvalidationRepository(one).newest();
    const dropping = await holding(other, 'exclusive', (sql) =>
      noteInvalidations(sql, other, [{ companyId: '7' }]),
    );
    const stored = entriesOf(one).put(someEntry(), knowing);
    await setTimeout(30);
    await dropping.end();
    expect(await stored).toBe(false);
    expect(await entriesOf(one).find('key-1')).toBe('absent');
  });

  test('a drop of more than one step leaves nothing, although a cleanup takes some of it first', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    const keys = Array.from({ length: 1_200 }, (_, index) => `key-${String(index).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => entriesOf(one).put(someEntry({ key, bytes: Buffer.of(1) }))));
    const cleaning = await holding(other, 'none', (sql) =>
      sql.run(`DELETE FROM cache_entries WHERE cache_key < 'key-0100'`),
    );
    const removed = entriesOf(one).remove({ companyId: '7' });
    await setTimeout(100);
    await cleaning.end();
    expect(await removed).toBe(1_100);
    expect(await rowsOf(one, 'SELECT cache_key FROM cache_entries')).toEqual([]);
    expect(await rowsOf(one, 'SELECT cache_key FROM cache_payloads')).toEqual([]);
  });

  test.each(['repeatable read', 'serializable'])(
    'a fill that waited for a drop is not stored behind it where the default isolation is %s',
    async (level) => {
      const url = `${POSTGRES_URL}?options=${encodeURIComponent(`-c default_transaction_isolation=${level.replace(' ', '\\ ')}`)}`;
      const [one, other] = (await cluster(2, postgresOptions({ url }))) as [Database, Database];
      expect(await rowsOf(one, 'SHOW default_transaction_isolation')).toEqual([
        { default_transaction_isolation: level },
      ]);
      const { id: knowing } = await new CacheInvalidationRepository(one).newest();
      const dropping = await holding(other, 'exclusive', (sql) =>
        noteInvalidations(sql, other, [{ companyId: '7' }]),
      );
      const stored = entriesOf(one).put(someEntry(), knowing);
      await setTimeout(30);
      await dropping.end();
      expect(await stored).toBe(false);
    },
  );

  test('a drop removes entries whose hits another instance is counting', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    for (const key of ['a', 'b', 'c']) await entriesOf(one).put(someEntry({ key }));
    const counting = await holding(other, 'none', (sql) =>
      sql.run('UPDATE cache_entries SET hit_count = hit_count + 1'),
    );
    const removed = entriesOf(one).remove({ companyId: '7' });
    await setTimeout(50);
    await counting.end();
    expect(await removed).toBe(3);
    expect(await rowsOf(one, 'SELECT cache_key FROM cache_entries')).toEqual([]);
  });

  test('instances that count hits of the same entries, given in any order, lose none of them', async () => {
    const databases = await cluster(4, postgresOptions({ busyTimeoutMs: 15_000 }));
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => entriesOf(databases[0]!).put(someEntry({ key }))));
    const hits = keys.map((key) => ({ key, hits: 1, lastAccessed: T0 }));
    for (let round = 0; round < 10; round += 1)
      await Promise.all(
        databases.map((database, turn) =>
          entriesOf(database).recordHits(turn % 2 === 0 ? hits : [...hits].reverse()),
        ),
      );
    expect(await rowsOf(databases[0]!, 'SELECT DISTINCT hit_count FROM cache_entries')).toEqual([
      { hit_count: 40 },
    ]);
  });

  test('two fills of different instances do not wait for one another', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    const storing = await holding(one, 'shared', (sql) =>
      putEntries.apply({ sql, lock: 'shared' } as Connection, [someEntry({ key: 'one' })]),
    );
    const { id: knowing } = await new CacheInvalidationRepository(other).newest();
    expect(await entriesOf(other).put(someEntry({ key: 'other' }), knowing)).toBe(true);
    await storing.end();
  });

  test('notes are numbered in the order of their commits, however many instances write', async () => {
    const databases = await cluster(4, postgresOptions({ busyTimeoutMs: 15_000 }));
    const seen: number[] = [];
    let isOver = false;
    const watching = (async () => {
      const invalidations = new CacheInvalidationRepository(databases[0]!);
      for (let last = 0; !isOver; last = seen.at(-1) ?? last) {
        for (const { id } of await invalidations.from(last + 1, 10_000)) seen.push(id);
      }
    })();
    const drops = databases.flatMap((database) =>
      Array.from({ length: 50 }, (_, index) => entriesOf(database).remove({ type: `t${index % 7}` })),
    );
    await Promise.all(drops);
    isOver = true;
    await watching;
    const [newest] = await rowsOf<{ count: number }>(
      databases[0]!,
      'SELECT COUNT(*) AS count FROM cache_invalidations',
    );
    const invalidations = new CacheInvalidationRepository(databases[0]!);
    const rest = await invalidations.from((seen.at(-1) ?? 0) + 1, 10_000);
    expect(seen.length + rest.length).toBe(newest!.count);
  });

  test('replacing is told to the others, storing anew is not', async () => {
    const [one, other] = (await cluster(2)) as [Database, Database];
    const invalidations = new CacheInvalidationRepository(other);
    const { id: begun } = await invalidations.newest();
    await entriesOf(one).put(someEntry(), begun);
    expect(await invalidations.from(begun + 1, 10)).toEqual([]);
    await entriesOf(one).put(someEntry({ createdAt: T0 + 1 }), begun);
    expect(await invalidations.from(begun + 1, 10)).toMatchObject([{ selector: { key: 'key-1' } }]);
  });

  test('those that store the same keys at once in any order all succeed, and the counts are right', async () => {
    const databases = await cluster(3, postgresOptions({ busyTimeoutMs: 15_000 }));
    const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);
    await Promise.all(
      databases.flatMap((database, turn) =>
        keys.map((_, index) => {
          const key = keys[(index * (turn === 0 ? 1 : 59) + turn) % keys.length]!;
          return entriesOf(database).put(someEntry({ key, bytes: Buffer.alloc(10) }));
        }),
      ),
    );
    expect(await entriesOf(databases[0]!).counts(T0)).toMatchObject({ totalEntries: 60, totalBytes: 600 });
    expect(await rowsOf(databases[0]!, 'SELECT * FROM cache_company_sizes')).toEqual([
      { company_id: '7', entries: 60, bytes: 600 },
    ]);
    await Promise.all(databases.map((database) => database.reclaim()));
    expect(await rowsOf(databases[0]!, 'SELECT * FROM cache_size_changes')).toHaveLength(1);
    expect(await entriesOf(databases[0]!).counts(T0)).toMatchObject({ totalEntries: 60, totalBytes: 600 });
  });
});

describe.skipIf(!hasPostgres)('a server that fails', () => {
  const terminate = ({ schema }: ResolvedPostgresOptions) =>
    inPostgres(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reports-cache' AND query LIKE $1`,
      [`%${schema}%`],
    );

  test('connections that are ended are replaced, and no read fails', async () => {
    const options = postgresOptions();
    const database = await openDatabase(options);
    const entries = entriesOf(database);
    await entries.put(someEntry());
    for (let round = 0; round < 3; round += 1) {
      const finds = Array.from({ length: 5 }, (_, index) => entries.find(`key-${index}`));
      await terminate(options);
      await Promise.all(finds);
      expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
    }
    expect(database.state.kind).toBe('open');
  });

  test('a write whose connection is ended is refused, and the next one is stored', async () => {
    const options = postgresOptions();
    const database = await openDatabase(options);
    const config = new CacheConfigRepository(database);
    const refused = database.write(async (_manager, sql) => {
      await sql.run('UPDATE cache_config SET updated_at = ?', [T0]);
      await terminate(options);
      await sql.run('UPDATE cache_config SET updated_at = ?', [T0]);
    });
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await config.upsert('a', '1', T0);
    expect(await config.find('a')).toMatchObject({ value: '1' });
  });

  test('a drop whose connection is ended has been made when it resolves', async () => {
    const options = postgresOptions();
    const [one, other] = [await openDatabase(options), await openDatabase(options)];
    await entriesOf(one).put(someEntry());
    const held = await holding(other, 'none', (sql) => sql.run('UPDATE cache_entries SET hit_count = 1'));
    const removed = entriesOf(one).remove({ companyId: '7' });
    const waits = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`;
    await expect.poll(() => inPostgres(waits, [options.schema])).toHaveLength(1);
    await held.end();
    expect(await removed).toBe(1);
    expect(await rowsOf(one, 'SELECT cache_key FROM cache_entries')).toEqual([]);
  });

  test('an address where nobody answers leaves the app without a store, and its password out of the reason', async () => {
    const url = 'postgres://someone:a-password@127.0.0.1:1/nowhere';
    const database = newDatabase(postgresOptions({ url, schema: 'reports_cache' }));
    await database.open();
    expect(database.state).toMatchObject({
      kind: 'unavailable',
      reason:
        'schema reports_cache of PostgreSQL at 127.0.0.1:1/nowhere cannot be used: nobody answers there: ' +
        'check database.url, and that the server runs',
    });
    expect(database.place).not.toContain('password');
  });

  test('a write waits for a lock no longer than it may, and says so', async () => {
    const options = postgresOptions();
    const one = await openDatabase(options);
    const other = await openDatabase({ ...options, busyTimeoutMs: 300 });
    const dropping = await holding(one, 'exclusive');
    await expect(entriesOf(other).put(someEntry())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await dropping.end();
    await entriesOf(other).put(someEntry());
    expect(other.state.kind).toBe('open');
  });

  test('a work that hides the failure of a statement fails alone', async () => {
    const database = await openDatabase(postgresOptions());
    const config = new CacheConfigRepository(database);
    const [, hidden] = await Promise.allSettled([
      config.upsert('a', '1', T0),
      database.write(async (_manager, sql) => {
        await sql.run('SELECT 1/CAST(? AS integer)', [0]).catch(() => undefined);
      }),
      config.upsert('b', '1', T0),
    ]);
    expect(hidden.status).toBe('rejected');
    expect((await config.all()).map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('U+0000 is taken for another sign: nothing fails, nothing else is found', async () => {
    const database = await openDatabase(postgresOptions());
    const entries = entriesOf(database);
    await entries.put(someEntry({ companyId: '7\0', tags: ['a\0'] }));
    expect(await entries.find('key-1')).toBe('damaged');
    await entries.put(someEntry({ key: 'sound' }));
    expect(await entries.remove({ companyId: '\0' })).toBe(0);
    expect(await entries.remove({ tags: ['\0'] })).toBe(0);
    expect(await entries.find('sound\0')).toBe('absent');
    expect(await entries.find('sound')).toMatchObject({ companyId: '7' });
    const mappings = new SchemaMappingRepository(database);
    await mappings.upsert('7', 'ACME', T0);
    await mappings.remove('7\0');
    expect(await mappings.find('7\0')).toBeNull();
    expect(await mappings.find('7')).toMatchObject({ schema: 'ACME' });
  });

  test('sessions that a pooler gave away cost no answer, and the way out is told once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    const database = await openDatabase(postgresOptions({ poolSize: 2 }));
    const entries = entriesOf(database);
    await entries.put(someEntry());
    await entries.find('key-1');
    const forgetStatements = (sql: SqlConnection) => sql.run('DEALLOCATE ALL');
    await database.read(async (_manager, sql) => forgetStatements(sql));
    await database.write(async (_manager, sql) => forgetStatements(sql));
    expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
    expect(await entries.put(someEntry({ key: 'key-2' }))).toBe(true);
    expect(await entries.find('key-2')).toMatchObject({ key: 'key-2' });
    expect(database.state.kind).toBe('open');
    expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
      expect.stringContaining('"database.preparedStatements"'),
    ]);
  });

  test('a schema that was dropped is made again', async () => {
    const options = postgresOptions();
    const database = await openDatabase(options);
    const entries = entriesOf(database);
    await entries.put(someEntry());
    await inPostgres(`DROP SCHEMA "${options.schema}" CASCADE`);
    await expect(entries.find('key-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect.poll(() => entries.put(someEntry()).catch(() => false)).toBe(true);
    expect(await entries.find('key-1')).toMatchObject({ key: 'key-1' });
  });

  test('a connection that is ended at any moment of its use ends no process', async () => {
    const database = await openDatabase(postgresOptions());
    const client = await poolOf(database.dataSource!).connect();
    const fail = () => (client as unknown as EventEmitter).emit('error', new Error('terminated'));
    expect(fail).not.toThrow();
    client.release(true);
    expect(fail).not.toThrow();
  });

  test('only what loads brought may be lost with the machine of the server', async () => {
    const database = await openDatabase(postgresOptions());
    const seen: string[] = [];
    const look = (lock: LockMode, mayBeLost: boolean): BatchOperation<null> => ({
      lockFor: () => lock,
      mayBeLost: () => mayBeLost,
      apply: async ({ sql }) => {
        const [row] = await sql.all<{ value: string }>(
          `SELECT current_setting('synchronous_commit') AS value`,
        );
        seen.push(`${lock} ${row!.value}`);
      },
    });
    const fill = look('shared', true);
    await database.enqueue(fill, null);
    await Promise.all([database.enqueue(fill, null), database.enqueue(look('shared', false), null)]);
    await database.enqueue(look('none', false), null);
    await database.enqueue(look('exclusive', false), null);
    expect(seen).toEqual(['shared off', 'shared on', 'shared on', 'none on', 'exclusive on']);
  });

  test('a drop reaches the disk although the default of the server is that nothing need', async () => {
    const url = `${POSTGRES_URL}?options=${encodeURIComponent('-c synchronous_commit=off')}`;
    const database = await openDatabase(postgresOptions({ url }));
    const [row] = await database.write(
      (_manager, sql) => sql.all<{ value: string }>(`SELECT current_setting('synchronous_commit') AS value`),
      'exclusive',
    );
    expect(row).toEqual({ value: 'on' });
  });

  test('writes that meet a lock are refused together, and do not wait for it one by one', async () => {
    const options = postgresOptions();
    const one = await openDatabase({ ...options, busyTimeoutMs: 300 });
    const other = await openDatabase(options);
    const config = new CacheConfigRepository(one);
    await config.upsert('a', '1', T0);
    const held = await holding(other, 'none', (sql) => sql.run('LOCK TABLE cache_config'));
    let attempts = 0;
    const meets: BatchOperation<null> = {
      apply: async ({ sql }) => {
        attempts += 1;
        await sql.run('UPDATE cache_config SET updated_at = 0');
      },
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => one.enqueue(meets, null)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(attempts).toBe(1);
    await held.end();
  });

  test('statements without names do the same', async () => {
    const entries = entriesOf(await openDatabase(postgresOptions({ preparedStatements: false })));
    await entries.put(someEntry({ tags: ['a'] }));
    expect(await entries.find('key-1')).toMatchObject({ tags: ['a'] });
    expect(await entries.remove({ tags: ['a'] })).toBe(1);
  });
});

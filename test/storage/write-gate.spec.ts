import { Mutex } from 'async-mutex';
import type { EntityManager } from 'typeorm';
import { beforeEach, describe, expect, test } from 'vitest';
import { StoreUnavailableError, WriteQueueFullError } from '../../src/common/errors.js';
import type { BatchOperation, Connection, LockMode } from '../../src/storage/sql/connection.js';
import { CacheConfigEntry } from '../../src/storage/entities/index.js';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import { textFor } from '../../src/storage/sql/dialect.js';
import type { SqlConnection } from '../../src/storage/sql/sql-connection.js';
import { SqliteConnection } from '../../src/storage/sqlite/sqlite-connection.js';
import { WriteGate } from '../../src/storage/writes/write-gate.js';
import { defaultLimits, WriteQueue } from '../../src/storage/writes/write-queue.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';
import { someEntry, T0 } from './some-entry.js';

const drivers: Driver[] = ['sqlite', 'better-sqlite3'];

describe.each(drivers)('the write gate on %s', (driver) => {
  const open = () => openDatabase(databaseOptions(driver));
  const keys = (database: Awaited<ReturnType<typeof open>>) =>
    rowsOf<{ key: string }>(database, 'SELECT key FROM cache_config ORDER BY rowid').then((rows) =>
      rows.map((row) => row.key),
    );

  test('of 500 concurrent writers 25 fail: 475 are acknowledged and present, 25 refused, nothing else is there', async () => {
    const database = await open();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, index) =>
        database.write(async (manager) => {
          await manager.save(CacheConfigEntry, { key: `a-${index}`, value: '', updatedAt: T0 });
          await manager.transaction((inner) =>
            inner.insert(CacheConfigEntry, { key: `b-${index}`, value: '', updatedAt: T0 }),
          );
          if (index % 20 === 7) throw new Error(`writer ${index} fails`);
          return index;
        }),
      ),
    );
    const acknowledged = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as Error).message] : [],
    );
    expect(acknowledged).toHaveLength(475);
    expect(refused).toEqual(Array.from({ length: 25 }, (_, index) => `writer ${index * 20 + 7} fails`));
    expect(await keys(database)).toEqual(acknowledged.flatMap((index) => [`a-${index}`, `b-${index}`]));
  });

  test('of 500 concurrent puts the 25 bad ones fail alone', async () => {
    const database = await open();
    const entries = new CacheEntryRepository(database);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, index) =>
        entries.put(
          someEntry({ key: `key-${index}`, ...(index % 20 === 7 && { type: null as unknown as string }) }),
        ),
      ),
    );
    const acknowledged = outcomes.flatMap((outcome, index) =>
      outcome.status === 'fulfilled' ? [`key-${index}`] : [],
    );
    expect(acknowledged).toHaveLength(475);
    const stored = await rowsOf<{ key: string }>(
      database,
      'SELECT e.cache_key AS key FROM cache_entries e JOIN cache_payloads p USING (cache_key) ORDER BY e.rowid',
    );
    expect(stored.map((row) => row.key)).toEqual(acknowledged);
    expect(await rowsOf(database, 'SELECT cache_key FROM cache_payloads')).toHaveLength(475);
    expect((await entries.counts(T0)).totalEntries).toBe(475);
  });

  test('writes that wait together are committed together', async () => {
    const database = await open();
    const config = new CacheConfigRepository(database);
    const before = database.commits;
    await Promise.all(Array.from({ length: 100 }, (_, index) => config.upsert(`key-${index}`, '', T0)));
    expect(database.commits - before).toBe(1);
    expect(await keys(database)).toHaveLength(100);
  });

  test('a write is visible to readers when it is acknowledged, and not before', async () => {
    const database = await open();
    const config = new CacheConfigRepository(database);
    let seenInside: unknown = 'not looked';
    await database.write(async (manager) => {
      await manager.insert(CacheConfigEntry, { key: 'a', value: '', updatedAt: T0 });
      seenInside = await config.find('a');
    });
    expect(seenInside).toBeNull();
    expect(await config.find('a')).toMatchObject({ key: 'a' });
  });

  test('an inner transaction that a failing write left open does not outlive it', async () => {
    const database = await open();
    const failing = database.write(async (manager) => {
      await manager.queryRunner?.startTransaction();
      await manager.insert(CacheConfigEntry, { key: 'left-open', value: '', updatedAt: T0 });
      throw new Error('fails with an inner transaction left open');
    });
    const next = new CacheConfigRepository(database).upsert('next', '', T0);
    await expect(failing).rejects.toThrow('left open');
    await next;
    expect(await keys(database)).toEqual(['next']);
  });

  test('when the commit fails everybody in the group is refused, and later writes are stored', async () => {
    const database = await open();
    const config = new CacheConfigRepository(database);
    const outcomes = await Promise.allSettled([
      config.upsert('a', '', T0),
      database.write(async (_manager, sql) => sql.run('ROLLBACK')),
      config.upsert('b', '', T0),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    for (const outcome of outcomes) {
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailableError);
    }
    await database.open();
    await config.upsert('later', '', T0);
    expect(await keys(database)).toEqual(['later']);
  });
});

describe('the write gate', () => {
  test('a full queue refuses the next write and keeps the others', async () => {
    const { gate, applied } = gateOver(memory(), { maxWrites: 3 });
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((item) => gate.enqueue(applied, item)),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect((outcomes[3] as PromiseRejectedResult).reason).toBeInstanceOf(WriteQueueFullError);
    expect(applied.calls).toEqual([['a', 'b', 'c']]);
    await gate.enqueue(applied, 'e');
  });

  test('the queue is bounded in bytes, but a single write of any size is let in', async () => {
    const { gate, applied } = gateOver(memory(), { maxBytes: 100 });
    const outcomes = await Promise.allSettled([
      gate.enqueue(applied, 'large', 1_000),
      gate.enqueue(applied, 'small', 1),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
    await gate.enqueue(applied, 'again', 100);
  });

  test('a transaction takes no more writes or bytes than its limits', async () => {
    const { gate, applied } = gateOver(memory(), { groupWrites: 3, groupBytes: 10 });
    await Promise.all([1, 1, 1, 1, 9, 2].map((bytes, index) => gate.enqueue(applied, index, bytes)));
    expect(applied.calls).toEqual([[0, 1, 2], [3, 4], [5]]);
  });

  test('writes of different kinds keep their order', async () => {
    const { gate, applied } = gateOver(memory());
    const order: unknown[] = [];
    const other: BatchOperation<string> = { apply: async (_connection, items) => void order.push(...items) };
    applied.onItems = (items) => order.push(...items);
    await Promise.all([
      gate.enqueue(applied, 'a'),
      gate.enqueue(applied, 'b'),
      gate.enqueue(other, 'c'),
      gate.run(async () => order.push('d')),
      gate.enqueue(applied, 'e'),
    ]);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('callers are answered after the commit', async () => {
    const sql = memory();
    const { gate } = gateOver(sql);
    await gate.run(() => Promise.resolve());
    expect(sql.statements.at(-1)).toBe('COMMIT');
  });

  test.each(['COMMIT', 'SAVEPOINT', 'RELEASE', 'BEGIN'])(
    'a fault of %s refuses the group and discards the connection',
    async (statement) => {
      const sql = memory(
        (text) => text.startsWith(statement) && Object.assign(new Error('disk'), { code: 'SQLITE_IOERR' }),
      );
      const { gate, discarded } = gateOver(sql);
      const outcomes = await Promise.allSettled([gate.run(async () => 1), gate.run(async () => 2)]);
      for (const outcome of outcomes) {
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailableError);
      }
      expect(discarded).toHaveLength(1);
    },
  );

  test('a lock held by another process refuses the group and keeps the connection', async () => {
    const sql = memory(
      (text) => text.startsWith('BEGIN') && Object.assign(new Error(), { code: 'SQLITE_BUSY' }),
    );
    const { gate, discarded } = gateOver(sql);
    await expect(gate.run(async () => 1)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(discarded).toEqual([]);
  });

  test('after closing, waiting writes are done and further ones refused', async () => {
    const { gate, applied } = gateOver(memory());
    const waiting = gate.enqueue(applied, 'a');
    const closing = gate.close();
    await expect(gate.enqueue(applied, 'b')).rejects.toBeInstanceOf(StoreUnavailableError);
    await closing;
    await waiting;
    expect(applied.calls).toEqual([['a']]);
    await gate.close();
  });
});

describe('writes of single entries', () => {
  const calls: string[] = [];
  const of = (name: string, lock: LockMode): BatchOperation<string> => ({
    lockFor: () => lock,
    keyOf: (key) => key,
    apply: async (_connection, keys) => void calls.push(`${name} ${keys.join(' ')}`),
  });
  const [drop, put] = [of('drop', 'exclusive'), of('put', 'shared')];
  const WRITES = [
    [drop, 'a'],
    [put, 'b'],
    [drop, 'c'],
    [put, 'a'],
    [drop, 'b'],
  ] as const;
  beforeEach(() => void calls.splice(0));

  test('go with their like, and before none that concerns their own entry', async () => {
    const { gate } = gateOver(memory());
    await Promise.all(WRITES.map(([operation, key]) => gate.enqueue(operation, key)));
    expect(calls).toEqual(['drop a c', 'put b a', 'drop b']);
  });

  test('wait for a transaction of their lock, where one would hold other writers up', () => {
    const queue = new WriteQueue(defaultLimits);
    for (const [operation, item] of WRITES)
      queue.push({
        operation: operation,
        item,
        bytes: 0,
        resolve: () => undefined,
        reject: () => undefined,
      });
    const take = () => queue.takeGroup(true).map(({ item }) => item);
    expect([take(), take(), take()]).toEqual([['a', 'c'], ['b', 'a'], ['b']]);
    expect(queue.length).toBe(0);
  });
});

/** A connection that only notes its statements; `fault` may make one of them fail. */
function memory(
  fault: (text: string) => Error | false = () => false,
): SqlConnection & { statements: string[] } {
  const statements: string[] = [];
  return {
    statements,
    run: async (given) => {
      const text = textFor('sqlite', given);
      const error = fault(text);
      if (error) throw error;
      statements.push(text);
      return 0;
    },
    all: async () => [],
    dialect: 'sqlite' as const,
    isPipelined: false,
    pragma: async () => [],
    release: async () => undefined,
  };
}

type Applied = BatchOperation<unknown> & { calls: unknown[][]; onItems: (items: readonly unknown[]) => void };

function gateOver(sql: SqlConnection, limits = {}) {
  const discarded: unknown[] = [];
  const connection = new SqliteConnection({} as EntityManager, sql, 0);
  const target = {
    hasManyWriters: false,
    use: <T>(work: (connection: Connection) => Promise<T>) => work(connection),
    discard: async (cause: unknown) => void discarded.push(cause),
    committed: () => undefined,
    diskFull: () => undefined,
  };
  const applied: Applied = {
    calls: [],
    onItems: () => undefined,
    async apply(_connection, items) {
      this.calls.push([...items]);
      this.onItems(items);
    },
  };
  return { gate: new WriteGate(new Mutex(), target, limits), discarded, applied };
}

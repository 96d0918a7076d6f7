import { type QueryRunner } from 'typeorm';
import { StoreUnavailableError } from '../common/errors.js';
import { beginImmediate } from './begin-immediate.js';
import { type Connection } from './connection.js';
import { type SqlConnection } from './sql-connection.js';
import { isBusy, isDiskFull, isFatal, sqliteCode } from './sqlite-errors.js';
import { type QueuedWrite } from './write-queue.js';

/** The transaction did not end as it should: nothing of it may be acknowledged, nor its connection used again. */
export class TransactionLostError extends Error {}

/** What stands around a batch, so that it can be undone alone. */
interface Bracket {
  enter(connection: Connection): Promise<void>;
  leave(connection: Connection): Promise<void>;
  undo(connection: Connection): Promise<void>;
}

const SAVEPOINT: Bracket = {
  enter: ({ sql }) => runAll(sql, ['SAVEPOINT reports_cache_write']),
  leave: ({ sql }) => runAll(sql, ['RELEASE reports_cache_write']),
  undo: ({ sql }) => runAll(sql, ['ROLLBACK TO reports_cache_write', 'RELEASE reports_cache_write']),
};

/** Where the group is a single batch: the transaction is its savepoint, and two round trips are spared. */
const TRANSACTION: Bracket = {
  enter: async () => {},
  leave: async () => {},
  undo: async ({ sql, patienceMs }) => {
    await sql.run('ROLLBACK');
    await beginImmediate(sql, patienceMs);
  },
};

/** Whether the group was committed, or why it was refused by a connection that can be used again. */
export type GroupOutcome = 'committed' | 'busy' | 'disk full';

/**
 * Applies the writes in one transaction, each so that it can be undone alone or with its batch, and settles their
 * callers after the commit. `BEGIN IMMEDIATE`, because a deferred transaction that comes to write fails at once when
 * another process writes, whatever the busy timeout.
 * @throws {TransactionLostError} on any other fault of the transaction itself; all callers have been refused then.
 */
export async function commitGroup(
  connection: Connection,
  writes: readonly QueuedWrite[],
): Promise<GroupOutcome> {
  try {
    await beginImmediate(connection.sql, connection.patienceMs);
  } catch (error) {
    refuse(writes, error);
    if (isBusy(error)) return 'busy';
    throw new TransactionLostError('BEGIN failed', { cause: error });
  }
  try {
    const failures = await insideTransaction(connection, () => applyAll(connection, writes));
    await connection.sql.run('COMMIT');
    settle(writes, failures);
    return 'committed';
  } catch (error) {
    refuse(writes, error);
    if (isDiskFull(error) && (await isRolledBack(connection.sql))) return 'disk full';
    throw new TransactionLostError('The transaction was lost', { cause: error });
  }
}

/**
 * SQLite may have rolled a transaction back by itself when the disk was full; then there is none any more. Kept, the
 * connection still reads: a new one could not be opened, for that takes room on the disk.
 */
async function isRolledBack(sql: SqlConnection): Promise<boolean> {
  try {
    await sql.run('ROLLBACK');
    return true;
  } catch (error) {
    return sqliteCode(error) === 'SQLITE_ERROR';
  }
}

type Failures = Map<QueuedWrite, unknown>;

async function applyAll(connection: Connection, writes: readonly QueuedWrite[]): Promise<Failures> {
  const failures: Failures = new Map();
  const all = batches(writes);
  const bracket = all.length === 1 ? TRANSACTION : SAVEPOINT;
  for (const batch of all) {
    const failure = await attempt(connection, batch, bracket);
    if (failure && batch.length === 1) failures.set(batch[0]!, failure.error);
    else if (failure) await applySingly(connection, batch, failures);
  }
  return failures;
}

async function applySingly(
  connection: Connection,
  batch: readonly QueuedWrite[],
  failures: Failures,
): Promise<void> {
  for (const write of batch) {
    const failure = await attempt(connection, [write], SAVEPOINT);
    if (failure) failures.set(write, failure.error);
  }
}

/** Neighbours of one operation, together. */
function batches(writes: readonly QueuedWrite[]): QueuedWrite[][] {
  const result: QueuedWrite[][] = [];
  for (const write of writes) {
    const last = result.at(-1);
    if (last?.[0]?.operation === write.operation) last.push(write);
    else result.push([write]);
  }
  return result;
}

/** Applies a batch, or undoes it. A fault of the batch is returned; one of the bracket or the file is thrown. */
async function attempt(
  connection: Connection,
  batch: readonly QueuedWrite[],
  bracket: Bracket,
): Promise<{ error: unknown } | undefined> {
  await bracket.enter(connection);
  try {
    await batch[0]!.operation.apply(
      connection,
      batch.map((write) => write.item),
    );
  } catch (error) {
    if (isFatal(error) || isDiskFull(error)) throw error;
    await bracket.undo(connection);
    return { error };
  } finally {
    markDepth(connection.manager.queryRunner, 1);
  }
  await bracket.leave(connection);
  return undefined;
}

async function runAll(sql: SqlConnection, texts: readonly string[]): Promise<void> {
  for (const text of texts) await sql.run(text);
}

/**
 * Tells TypeORM that a transaction runs, so that `save()` and `manager.transaction()` nest in it instead of starting
 * one of their own. Its `startTransaction()` cannot be used: it knows no `BEGIN IMMEDIATE`.
 */
async function insideTransaction<T>({ manager }: Connection, work: () => Promise<T>): Promise<T> {
  markDepth(manager.queryRunner, 1);
  try {
    return await work();
  } finally {
    markDepth(manager.queryRunner, 0);
  }
}

function markDepth(queryRunner: QueryRunner | undefined, depth: 0 | 1): void {
  Object.assign(queryRunner ?? {}, { isTransactionActive: depth > 0, transactionDepth: depth });
}

function settle(writes: readonly QueuedWrite[], failures: Failures): void {
  for (const write of writes) {
    if (failures.has(write)) write.reject(failures.get(write));
    else write.resolve();
  }
}

function refuse(writes: readonly QueuedWrite[], cause: unknown): void {
  const error = new StoreUnavailableError('The cache database did not take the write; nothing was stored', {
    cause,
  });
  for (const write of writes) write.reject(error);
}

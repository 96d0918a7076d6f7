import { type QueryRunner } from 'typeorm';
import { StoreUnavailableError } from '../common/errors.js';
import { beginImmediate } from './begin-immediate.js';
import { type Connection } from './connection.js';
import { type SqlConnection } from './sql-connection.js';
import { isBusy, isDiskFull, isFatal, sqliteCode } from './sqlite-errors.js';
import { type QueuedWrite } from './write-queue.js';

/** The transaction did not end as it should: nothing of it may be acknowledged, nor its connection used again. */
export class TransactionLostError extends Error {}

/** Whether the group was committed, or why it was refused by a connection that can be used again. */
export type GroupOutcome = 'committed' | 'busy' | 'disk full';

const SAVEPOINT = 'SAVEPOINT reports_cache_write';
const RELEASE = 'RELEASE reports_cache_write';
const ROLLBACK_TO = 'ROLLBACK TO reports_cache_write';

/**
 * Applies the writes in one transaction, each in a savepoint of its own or of its batch, and settles their callers
 * after the commit. `BEGIN IMMEDIATE`, because a deferred transaction that comes to write fails at once when
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
  for (const batch of batches(writes)) {
    if (batch.length === 1) await applyAlone(connection, batch[0]!, failures);
    else if (await attempt(connection, batch)) {
      for (const write of batch) await applyAlone(connection, write, failures);
    }
  }
  return failures;
}

async function applyAlone(connection: Connection, write: QueuedWrite, failures: Failures): Promise<void> {
  const failure = await attempt(connection, [write]);
  if (failure) failures.set(write, failure.error);
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

/** Applies a batch in a savepoint. A fault of the batch is returned; one of the savepoint or the file is thrown. */
async function attempt(
  connection: Connection,
  batch: readonly QueuedWrite[],
): Promise<{ error: unknown } | undefined> {
  const { manager, sql } = connection;
  await sql.run(SAVEPOINT);
  try {
    await batch[0]!.operation.apply(
      connection,
      batch.map((write) => write.item),
    );
  } catch (error) {
    if (isFatal(error) || isDiskFull(error)) throw error;
    await sql.run(ROLLBACK_TO);
    await sql.run(RELEASE);
    return { error };
  } finally {
    markDepth(manager.queryRunner, 1);
  }
  await sql.run(RELEASE);
  return undefined;
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

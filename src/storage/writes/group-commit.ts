import { type QueryRunner } from 'typeorm';
import { type Connection, ExclusiveLockNeeded, type LockMode } from '../sql/connection.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { type QueuedWrite } from './write-queue.js';

/** The transaction did not end as it should: nothing of it may be acknowledged, nor its connection used again. */
export class TransactionLostError extends Error {}

/** What became of a group. `failures` are those of single writes; the connection can be used again in any case. */
export type GroupOutcome =
  | { readonly kind: 'committed'; readonly failures: Failures }
  | { readonly kind: 'refused' | 'disk full'; readonly error: unknown };

export type Failures = ReadonlyMap<QueuedWrite, unknown>;

/** So often a group that collided with the transactions of other processes is tried. */
const MOST_ATTEMPTS = 4;

/**
 * Applies the writes in one transaction, each so that it can be undone alone or with its batch; once more where it
 * collided with that of another process.
 * @throws {TransactionLostError} on any other fault of the transaction itself.
 */
export async function commitGroup(
  connection: Connection,
  writes: readonly QueuedWrite[],
): Promise<GroupOutcome> {
  let needs = needsOf(writes);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { kind: 'committed', failures: await commitOnce(connection, writes, needs) };
    } catch (error) {
      const mayRepeat = isCollision(connection, error) && attempt < MOST_ATTEMPTS;
      if (mayRepeat && (await connection.rollback())) {
        if (error instanceof ExclusiveLockNeeded) needs = { lock: 'exclusive', mayBeLost: false };
        continue;
      }
      return outcomeOf(connection, error);
    }
  }
}

/** @returns which of them failed, each alone. @throws what undid them all. */
async function commitOnce(
  connection: Connection,
  writes: readonly QueuedWrite[],
  needs: Needs,
): Promise<Failures> {
  if (connection.sql.isPipelined && (await commitAtOnce(connection, batches(writes), needs))) return NONE;
  await connection.begin(needs.lock, needs.mayBeLost);
  const failures = await insideTransaction(connection, () => applyAll(connection, writes, needs));
  await connection.commit();
  return failures;
}

const NONE: Failures = new Map();

/**
 * In one round trip. The server turns the commit into a rollback when something before it failed.
 * @returns whether it is committed; `false`: not so, or something of it failed, which must be looked for one by one.
 * @throws faults of the connection.
 */
async function commitAtOnce(
  connection: Connection,
  [batch, ...others]: readonly (readonly QueuedWrite[])[],
  needs: Needs,
): Promise<boolean> {
  const operation = batch?.[0]?.operation;
  const items = batch?.map(({ item }) => item) ?? [];
  if (others.length > 0 || operation?.asksAtOnce?.(items) !== true) return false;
  const beginning = connection.begin(needs.lock, needs.mayBeLost);
  const asked = [beginning, operation.apply(connection, items), connection.commit()];
  const failed = (await Promise.allSettled(asked)).find((settled) => settled.status === 'rejected');
  if (failed !== undefined && endsTransaction(connection, failed.reason)) throw failed.reason;
  return failed === undefined;
}

/**
 * Kept where the disk is full, the connection still reads: a new one could not be opened, for that takes room.
 * @throws {TransactionLostError}
 */
async function outcomeOf(connection: Connection, error: unknown): Promise<GroupOutcome> {
  const fault = connection.faultOf(error);
  if (fault === 'disk full' && (await connection.rollback())) return { kind: 'disk full', error };
  if ((fault === 'busy' || fault === 'conflict') && (await connection.rollback()))
    return { kind: 'refused', error };
  throw new TransactionLostError('The transaction was lost', { cause: error });
}

function isCollision(connection: Connection, error: unknown): boolean {
  return error instanceof ExclusiveLockNeeded || connection.faultOf(error) === 'conflict';
}

const STRENGTH: readonly LockMode[] = ['none', 'shared', 'exclusive'];

interface Needs {
  /** The strongest that any batch needs: one that was taken later, behind others, could end in a deadlock. */
  readonly lock: LockMode;
  /** Only where all of it may be. */
  readonly mayBeLost: boolean;
}

function needsOf(writes: readonly QueuedWrite[]): Needs {
  const needed = batches(writes).map((batch): Needs => {
    const { operation } = batch[0]!;
    const items = batch.map(({ item }) => item);
    return { lock: operation.lockFor?.(items) ?? 'none', mayBeLost: operation.mayBeLost?.(items) ?? false };
  });
  const strongest = Math.max(...needed.map(({ lock }) => STRENGTH.indexOf(lock)));
  return { lock: STRENGTH[strongest] ?? 'none', mayBeLost: needed.every(({ mayBeLost }) => mayBeLost) };
}

async function applyAll(
  connection: Connection,
  writes: readonly QueuedWrite[],
  needs: Needs,
): Promise<Failures> {
  const failures = new Map<QueuedWrite, unknown>();
  const all = batches(writes);
  const bracket = all.length === 1 ? transactionOf(needs) : SAVEPOINT;
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
  failures: Map<QueuedWrite, unknown>,
): Promise<void> {
  for (const write of batch) {
    const failure = await attempt(connection, [write], SAVEPOINT);
    if (failure) failures.set(write, failure.error);
  }
}

/** Writes of one operation together: neighbours, and those between which nothing concerns their entries. */
function batches(writes: readonly QueuedWrite[]): QueuedWrite[][] {
  const result: Batch[] = [];
  for (const write of writes) {
    const key = write.operation.keyOf?.(write.item);
    const place = placeFor(write, key, result);
    if (place === undefined)
      result.push({ writes: [write], keys: key === undefined ? undefined : new Set([key]) });
    else add(place, write, key);
  }
  return result.map((batch) => batch.writes);
}

interface Batch {
  readonly writes: QueuedWrite[];
  /** `undefined`: any. */
  keys: Set<string> | undefined;
}

/** The last batch of the write's operation, unless one behind it must stay before the write. */
function placeFor(
  { operation }: QueuedWrite,
  key: string | undefined,
  all: readonly Batch[],
): Batch | undefined {
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const batch = all[index]!;
    if (batch.writes[0]!.operation === operation) return batch;
    if (key === undefined || batch.keys === undefined || batch.keys.has(key)) return undefined;
  }
  return undefined;
}

function add(batch: Batch, write: QueuedWrite, key: string | undefined): void {
  batch.writes.push(write);
  if (key === undefined) batch.keys = undefined;
  else batch.keys?.add(key);
}

/** What stands around a batch, so that it can be undone alone. */
interface Bracket {
  enter(connection: Connection): Promise<void>;
  leave(connection: Connection): Promise<void>;
  undo(connection: Connection): Promise<void>;
}

const SAVEPOINT: Bracket = {
  enter: ({ sql }) => runAhead(sql, 'SAVEPOINT reports_cache_write'),
  leave: ({ sql }) => runAll(sql, ['RELEASE reports_cache_write']),
  undo: ({ sql }) => runAll(sql, ['ROLLBACK TO reports_cache_write', 'RELEASE reports_cache_write']),
};

/** Where the group is a single batch: the transaction is its savepoint, and two round trips are spared. */
function transactionOf(needs: Needs): Bracket {
  return {
    enter: async () => {},
    leave: async () => {},
    undo: async (connection) => {
      await connection.sql.run('ROLLBACK');
      await connection.begin(needs.lock, needs.mayBeLost);
    },
  };
}

/** Applies a batch, or undoes it. A fault of the batch is returned; one of the bracket or the database is thrown. */
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
    await bracket.leave(connection);
    return undefined;
  } catch (error) {
    if (endsTransaction(connection, error)) throw error;
    await bracket.undo(connection);
    return { error };
  } finally {
    markDepth(connection.manager.queryRunner, 1);
  }
}

/** What the connection is at fault for, each write of the batch would meet again, and wait as long for it. */
function endsTransaction(connection: Connection, error: unknown): boolean {
  return error instanceof ExclusiveLockNeeded || connection.faultOf(error) !== undefined;
}

/** Where what is asked is carried out in its order, the next one need not wait: without this one it fails as well. */
async function runAhead(sql: SqlConnection, text: string): Promise<void> {
  const running = sql.run(text);
  if (sql.isPipelined) running.catch(() => undefined);
  else await running;
}

async function runAll(sql: SqlConnection, texts: readonly string[]): Promise<void> {
  for (const text of texts) await sql.run(text);
}

/**
 * Tells TypeORM that a transaction runs, so that `save()` and `manager.transaction()` nest in it instead of starting
 * one of their own. Its `startTransaction()` cannot be used: it knows neither `BEGIN IMMEDIATE` nor our locks.
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

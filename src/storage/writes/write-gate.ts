import { setImmediate } from 'node:timers/promises';
import { type Mutex } from 'async-mutex';
import { StoreUnavailableError } from '../../common/errors.js';
import { type BatchOperation, type Connection, type DatabaseWork, type LockMode } from '../sql/connection.js';
import { commitGroup, type Failures, type GroupOutcome } from './group-commit.js';
import { defaultLimits, type QueuedWrite, WriteQueue, type WriteQueueLimits } from './write-queue.js';

/** The connection behind the gate. All methods are called inside the gate's lock. */
export interface WriteTarget {
  /** Whether others may write while a transaction of the gate runs. */
  readonly hasManyWriters: boolean;
  /** Runs the work on a connection that writes, opened again where it was lost. @throws {StoreUnavailableError}; what the work throws. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Its transaction was lost: it must not be used again. */
  discard(cause: unknown): Promise<void>;
  /** A transaction was committed. */
  committed(): void;
  /** The disk had no room for a transaction. */
  diskFull(): void;
}

/**
 * The only way to a writable `EntityManager`. One transaction runs at a time; the writes that arrive meanwhile go
 * together into the next one (group commit), first come first served. A caller's promise settles with the outcome of
 * its own write, after the commit.
 */
export class WriteGate {
  private readonly queue: WriteQueue;
  private draining: Promise<void> | undefined;
  private committed = 0;
  private newest: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly lock: Mutex,
    private readonly target: WriteTarget,
    limits: Partial<WriteQueueLimits> = {},
  ) {
    this.queue = new WriteQueue({ ...defaultLimits, ...limits });
  }

  /** Writes that wait for their transaction. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Transactions committed since the start. */
  get commits(): number {
    return this.committed;
  }

  /**
   * Runs the work in a savepoint of the next transaction. It must await all its queries, start no transaction with
   * raw SQL, and wait for nothing but the database: everybody waits for it.
   * @throws what the work throws, and its changes alone are undone; {@link StoreUnavailableError} when the
   * transaction cannot begin or commit; {@link WriteQueueFullError}.
   * @param lock how the transaction stands to those of other processes, see {@link LockMode}
   */
  run<T>(work: DatabaseWork<T>, lock: LockMode = 'none'): Promise<T> {
    return resultOf(work, lock, (operation) => this.enqueue(operation, undefined));
  }

  /**
   * As {@link run}, before all that wait and past the limits of the queue: for work that makes room. Behind a full
   * queue it would always come too late.
   */
  runAhead<T>(work: DatabaseWork<T>): Promise<T> {
    return resultOf(work, 'none', (operation) =>
      this.wait({ operation, item: undefined, bytes: 0 }, (write) => this.queue.pushAhead(write)),
    );
  }

  /** Queues one item of a batched write; `bytes` is the size of its payload. @throws as {@link run} */
  enqueue<Item>(operation: BatchOperation<Item>, item: Item, bytes = 0): Promise<void> {
    const writing = this.wait({ operation, item, bytes }, (write) => this.queue.push(write));
    this.newest = writing.catch(() => undefined);
    return writing;
  }

  /** Resolves when what was queued before this call is settled, whatever became of it. */
  settled(): Promise<void> {
    return this.newest;
  }

  open(): void {
    this.closed = false;
  }

  /** Refuses further writes and waits for those that are queued. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
  }

  private wait(
    write: Pick<QueuedWrite, 'operation' | 'item' | 'bytes'>,
    push: (write: QueuedWrite) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new StoreUnavailableError('The cache database is closed');
      push({ ...write, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  private async drain(): Promise<void> {
    try {
      while (this.queue.length > 0) {
        // A turn of the event loop: the writes of one turn share a transaction, and a driver that works on this
        // thread cannot starve timers.
        await setImmediate();
        await this.lock.runExclusive(() => this.commitNext());
      }
    } finally {
      this.draining = undefined;
    }
  }

  /** Never throws: the outcome goes to the callers. */
  private async commitNext(): Promise<void> {
    let group: QueuedWrite[] = [];
    try {
      const outcome = await this.target.use((connection) => {
        group = this.queue.takeGroup(this.target.hasManyWriters);
        return commitGroup(connection, group);
      });
      this.conclude(group, outcome);
    } catch (error) {
      if (group.length === 0) rejectAll(this.queue.takeGroup(), error);
      else await this.lose(group, (error as Error).cause);
    }
  }

  private conclude(group: readonly QueuedWrite[], outcome: GroupOutcome): void {
    if (outcome.kind === 'disk full') this.target.diskFull();
    if (outcome.kind !== 'committed') return refuse(group, outcome.error);
    this.committed += 1;
    this.target.committed();
    settle(group, outcome.failures);
  }

  private async lose(group: readonly QueuedWrite[], cause: unknown): Promise<void> {
    const discarding = this.target.discard(cause);
    refuse(group, cause);
    await discarding;
  }
}

function settle(writes: readonly QueuedWrite[], failures: Failures): void {
  for (const write of writes) {
    if (failures.has(write)) write.reject(failures.get(write));
    else write.resolve();
  }
}

function refuse(writes: readonly QueuedWrite[], cause: unknown): void {
  const message = 'The cache database did not take the write; nothing was stored';
  rejectAll(writes, new StoreUnavailableError(message, { cause }));
}

function rejectAll(writes: readonly QueuedWrite[], error: unknown): void {
  for (const write of writes) write.reject(error);
}

async function resultOf<T>(
  work: DatabaseWork<T>,
  lock: LockMode,
  enqueue: (operation: BatchOperation<unknown>) => Promise<void>,
): Promise<T> {
  let result: { value: T } | undefined;
  await enqueue({
    lockFor: () => lock,
    apply: async (connection) => {
      await connection.begun();
      result = { value: await work(connection.manager, connection.sql) };
    },
  });
  return result!.value;
}

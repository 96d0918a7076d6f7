import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { type DataSource } from 'typeorm';
import { type Clock, systemClock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { type BatchOperation, type DatabaseWork } from './connection.js';
import { type StoreConnections } from './connector.js';
import { type DatabaseState } from './database-state.js';
import { IdleCheckpoint } from './idle-checkpoint.js';
import { InFlight } from './in-flight.js';
import { Lifecycle } from './lifecycle.js';
import { reclaimSpace } from './reclaim.js';
import { type SqlConnection } from './sql-connection.js';
import { isBusy, isFatal } from './sqlite-errors.js';
import { databaseFileSizes } from './sqlite-file.js';
import { unavailableReason } from './unavailable-reason.js';
import { WriteGate } from './write-gate.js';

/**
 * The cache's database: its file, its two connections and the gate all writes pass. A connection that went wrong is
 * dropped and opened again by the next call that needs it, at most once a second. Opening, reopening and closing
 * happen inside the lock of the write gate.
 */
export class Database {
  /** Tells this process, or rather this opening of the file, from all others that share it. */
  readonly processId: string = randomUUID();

  private readonly lock = new Mutex();
  private readonly reads = new InFlight();
  private readonly lifecycle: Lifecycle;
  private readonly gate: WriteGate;
  private readonly idleCheckpoint = new IdleCheckpoint(() => void this.checkpoint());

  constructor(
    private readonly options: ResolvedDatabaseOptions,
    readonly clock: Clock = systemClock,
  ) {
    this.lifecycle = new Lifecycle(options, clock, () => this.reads.settled());
    this.gate = new WriteGate(this.lock, {
      acquire: async () => (await this.lifecycle.acquire()).writer,
      discard: (cause) => this.lifecycle.discard(cause),
      committed: () => {
        this.lifecycle.noteCommit();
        this.idleCheckpoint.touch();
      },
      diskFull: () => this.lifecycle.noteDiskFull(),
    });
  }

  /**
   * The writer's `DataSource`, the same object across reopening; `null` when its driver package cannot be loaded.
   * Use it to look; whoever writes through it goes past the gate.
   */
  get dataSource(): DataSource | null {
    return this.lifecycle.dataSource;
  }

  get state(): DatabaseState {
    return this.lifecycle.state;
  }

  /** Calls the listener, which must not throw, once for each change of state. Returns a function that ends it. */
  onStateChange(listener: (state: DatabaseState) => void): () => void {
    return this.lifecycle.onStateChange(listener);
  }

  /** Writes that wait for their transaction. */
  get waitingWrites(): number {
    return this.gate.waiting;
  }

  /** Transactions committed since the start; below the number of writes, thanks to group commit. */
  get commits(): number {
    return this.gate.commits;
  }

  /**
   * Opens the database, creating folder, file and tables where missing. Never throws: what went wrong stands in
   * {@link state}. Does nothing when it is open already.
   */
  async open(): Promise<void> {
    await this.lock.runExclusive(async () => {
      this.gate.open();
      await this.lifecycle.open();
    });
  }

  /**
   * Runs the work inside a transaction of the write gate; resolves after the commit. See {@link WriteGate.run}.
   * @throws {StoreUnavailableError} when the database cannot be used; {@link WriteQueueFullError}; what the work throws.
   */
  write<T>(work: DatabaseWork<T>): Promise<T> {
    return this.gate.run(work);
  }

  /** As {@link write}, before all that wait. One at a time: it passes the limits of the queue. */
  writeAhead<T>(work: DatabaseWork<T>): Promise<T> {
    return this.gate.runAhead(work);
  }

  /** Queues one item of a batched write; resolves after its commit. `bytes` is its payload's size. @throws as {@link write} */
  enqueue<Item>(operation: BatchOperation<Item>, item: Item, bytes = 0): Promise<void> {
    return this.gate.enqueue(operation, item, bytes);
  }

  /**
   * Runs the work on the read-only connection, never behind a writer. It sees everything acknowledged before.
   * @throws {StoreUnavailableError} when the database cannot be used; what the work throws.
   */
  async read<T>(work: DatabaseWork<T>): Promise<T> {
    if (this.lifecycle.claimCheck()) void this.lock.runExclusive(() => this.lifecycle.verify());
    const connections =
      this.lifecycle.current ?? (await this.lock.runExclusive(() => this.lifecycle.acquire()));
    const { manager, sql } = connections.reader;
    try {
      return await this.reads.track(() => work(manager, sql));
    } catch (error) {
      if (isFatal(error)) void this.discard(connections, error);
      if (!isFatal(error) && !isBusy(error)) throw error;
      throw new StoreUnavailableError(unavailableReason(error, this.options), { cause: error });
    }
  }

  /** Bytes of the file and of its write-ahead log. */
  sizes(): Promise<{ databaseBytes: number; walBytes: number }> {
    return databaseFileSizes(this.options.path);
  }

  /** Gives free pages back to the file system in bounded steps and empties the write-ahead log. */
  async reclaim(): Promise<void> {
    await reclaimSpace(this.gate, (work) => this.betweenTransactions(work));
  }

  /** Waits for queued writes and running reads, then closes. Everything rejects afterwards, until {@link open}. Twice is fine. */
  async close(): Promise<void> {
    await this.gate.close();
    this.idleCheckpoint.stop();
    await this.lock.runExclusive(() => this.lifecycle.close());
  }

  private async betweenTransactions<T>(work: (sql: SqlConnection) => Promise<T>): Promise<T> {
    return this.lock.runExclusive(async () => work((await this.lifecycle.acquire()).writer.sql));
  }

  private async checkpoint(): Promise<void> {
    const connections = this.lifecycle.current;
    if (!connections) return;
    try {
      await this.betweenTransactions((sql) => sql.pragma('wal_checkpoint(PASSIVE)'));
    } catch (error) {
      if (isFatal(error)) await this.discard(connections, error);
    }
  }

  /** Unless somebody did so before. */
  private async discard(connections: StoreConnections, cause: unknown): Promise<void> {
    await this.lock.runExclusive(async () => {
      if (this.lifecycle.current === connections) await this.lifecycle.discard(cause);
    });
  }
}

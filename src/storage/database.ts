import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { type DataSource } from 'typeorm';
import { type Pace } from '../common/batches.js';
import { type Clock, systemClock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { type DatabaseState } from './database-state.js';
import { InFlight } from './in-flight.js';
import { type OpenDatabase } from './lifecycle.js';
import { PostgresStore } from './postgres/postgres-store.js';
import { type BatchOperation, type Connection, type DatabaseWork, type LockMode } from './sql/connection.js';
import { SqliteStore } from './sqlite/sqlite-store.js';
import { type DatabaseSizes, type Store, type StoreContext } from './store.js';
import { WriteGate } from './writes/write-gate.js';

/** Connections that are ended one after the other, by somebody or a server that restarts. */
const MOST_ATTEMPTS = 5;

/**
 * The cache's database: a SQLite file or a schema of PostgreSQL, its connections, and the gate all writes pass. A
 * connection that went wrong is dropped and opened again by the next call that needs it, at most once a second.
 * Opening, reopening and closing happen inside the lock of the write gate.
 */
export class Database {
  /** Tells this process, or rather this opening of the database, from all others that share it. */
  readonly processId: string = randomUUID();

  private readonly lock = new Mutex();
  private readonly reads = new InFlight();
  private readonly store: Store;
  private readonly gate: WriteGate;

  constructor(
    options: ResolvedDatabaseOptions,
    readonly clock: Clock = systemClock,
  ) {
    this.store = storeFor(options, clock, {
      lock: this.lock,
      settled: () => this.reads.settled(),
      write: (work) => this.write(work),
      discard: (opened, cause) => this.discard(opened, cause),
    });
    this.gate = new WriteGate(this.lock, this.store);
  }

  /**
   * The `DataSource` that writes, the same object across reopening; `null` when its driver package cannot be loaded.
   * Use it to look; whoever writes through it goes past the gate.
   */
  get dataSource(): DataSource | null {
    return this.store.lifecycle.dataSource;
  }

  /** Where it is, in words for people: never a password. */
  get place(): string {
    return this.store.lifecycle.place;
  }

  /** At which its batches leave room for others. */
  get pace(): Pace {
    return this.store.pace;
  }

  get state(): DatabaseState {
    return this.store.lifecycle.state;
  }

  /** Calls the listener, which must not throw, once for each change of state. Returns a function that ends it. */
  onStateChange(listener: (state: DatabaseState) => void): () => void {
    return this.store.lifecycle.onStateChange(listener);
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
   * Opens the database, creating folder and file, or schema, and tables where missing. Never throws: what went wrong
   * stands in {@link state}. Does nothing when it is open already.
   */
  async open(): Promise<void> {
    await this.lock.runExclusive(async () => {
      this.gate.open();
      await this.store.lifecycle.open();
    });
  }

  /**
   * Runs the work inside a transaction of the write gate; resolves after the commit. See {@link WriteGate.run}.
   * @throws {StoreUnavailableError} when the database cannot be used; {@link WriteQueueFullError}; what the work throws.
   */
  write<T>(work: DatabaseWork<T>, lock?: LockMode): Promise<T> {
    return this.gate.run(work, lock);
  }

  /**
   * As {@link write}, and again where nothing but its connection was lost: for work that may be done twice, and that
   * others rely on.
   */
  async writeSurely<T>(work: DatabaseWork<T>, lock?: LockMode): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.write(work, lock);
      } catch (error) {
        if (attempt === MOST_ATTEMPTS || !this.store.hasLostConnection(error)) throw error;
      }
    }
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
   * Runs the work on a connection that only reads, never behind a writer. It sees everything acknowledged before.
   * @throws {StoreUnavailableError} when the database cannot be used; what the work throws.
   */
  read<T>(work: DatabaseWork<T>): Promise<T> {
    return this.readOn(({ reader }) => reader, work);
  }

  /** As {@link read}, where reads that take long leave a connection free for it. One at a time. */
  readAhead<T>(work: DatabaseWork<T>): Promise<T> {
    return this.readOn(({ reader, ahead = reader }) => ahead, work);
  }

  /** What the database takes on its disk. */
  sizes(): Promise<DatabaseSizes> {
    return this.store.sizes();
  }

  /** Gives back what a cleanup has set free, in bounded steps. */
  async reclaim(): Promise<void> {
    await this.store.reclaim(this.gate);
  }

  /** For tools, while no app has the database open. See {@link Store.rewrite}. */
  async rewrite(): Promise<void> {
    await this.store.rewrite();
  }

  /** Waits for queued writes and running reads, then closes. Everything rejects afterwards, until {@link open}. Twice is fine. */
  async close(): Promise<void> {
    await this.gate.close();
    this.store.stop();
    await this.lock.runExclusive(() => this.store.lifecycle.close());
  }

  private async readOn<T>(
    connectionOf: (opened: OpenDatabase) => Connection,
    work: DatabaseWork<T>,
  ): Promise<T> {
    const { lifecycle } = this.store;
    if (lifecycle.claimCheck()) void this.lock.runExclusive(() => lifecycle.verify());
    const opened = lifecycle.current ?? (await this.lock.runExclusive(() => lifecycle.acquire()));
    const { manager, sql } = connectionOf(opened);
    try {
      return await this.reads.track(() => work(manager, sql));
    } catch (error) {
      throw this.toReadError(error, opened);
    }
  }

  private toReadError(error: unknown, opened: OpenDatabase): unknown {
    const fault = this.store.faultOf(error);
    if (fault === undefined) return error;
    const reason = this.store.lifecycle.reasonFor(error);
    if (fault === 'lost') void this.discard(opened, error);
    return new StoreUnavailableError(reason, { cause: error });
  }

  /** Unless somebody did so before. */
  private async discard(opened: OpenDatabase, cause: unknown): Promise<void> {
    const { lifecycle } = this.store;
    await this.lock.runExclusive(async () => {
      if (lifecycle.current === opened) await lifecycle.discard(cause);
    });
  }
}

function storeFor(options: ResolvedDatabaseOptions, clock: Clock, context: StoreContext): Store {
  return options.type === 'postgres'
    ? new PostgresStore(options, clock, context)
    : new SqliteStore(options, clock, context);
}

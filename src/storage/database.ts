import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { type DataSource } from 'typeorm';
import { type Pace } from '../common/batches.js';
import { type Clock, systemClock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { type DatabaseState, type Engine } from './database-state.js';
import { InFlight } from './in-flight.js';
import { type OpenDatabase } from './lifecycle.js';
import { PostgresStore } from './postgres/postgres-store.js';
import { type BatchOperation, type DatabaseWork, type LockMode } from './sql/connection.js';
import { type SqlText } from './sql/dialect.js';
import { type SqlValue } from './sql/sql-connection.js';
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

  get engine(): Engine {
    return this.store.lifecycle.engine;
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
   * Writes, and again where nothing but the connection was lost: for what may be done twice, and others rely on.
   * @throws as {@link write}
   */
  async surely<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await write();
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
   * One statement that waits for no transaction of this process, where the database has many writers; else as
   * {@link write}. It stands for itself, and so can wait for others in no circle. @throws as {@link write}
   * @returns how many rows it changed.
   */
  writeBeside(text: SqlText, parameters: readonly SqlValue[]): Promise<number> {
    const run: DatabaseWork<number> = (_manager, sql) => sql.run(text, parameters);
    return this.store.hasManyWriters ? this.read(run) : this.write(run);
  }

  /** As {@link writeBeside}, once what is queued now is committed or refused. */
  async writeBehind(text: SqlText, parameters: readonly SqlValue[]): Promise<number> {
    if (this.store.hasManyWriters) await this.gate.settled();
    return this.writeBeside(text, parameters);
  }

  /**
   * Runs the work on a connection that only reads, never behind a writer. It sees everything acknowledged before.
   * @throws {StoreUnavailableError} when the database cannot be used; what the work throws.
   */
  async read<T>(work: DatabaseWork<T>): Promise<T> {
    const opened = await this.opened();
    return this.tracked(opened, () => work(opened.reader.manager, opened.reader.sql));
  }

  /** As {@link read}, where reads that take long leave a connection free for it. */
  async readAhead<T>(work: DatabaseWork<T>): Promise<T> {
    const opened = await this.opened();
    const { manager, sql } = opened.ahead ?? opened.reader;
    return this.tracked(opened, () => work(manager, sql));
  }

  /**
   * As {@link read}, for what looks at many rows, as people and tools do: no report waits behind it. @throws as {@link read}
   */
  async survey<T>(work: DatabaseWork<T>): Promise<T> {
    const opened = await this.opened();
    return this.tracked(opened, async () => {
      const { manager, sql } = (await opened.aside?.()) ?? opened.reader;
      return work(manager, sql);
    });
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

  private async opened(): Promise<OpenDatabase> {
    const { lifecycle } = this.store;
    if (lifecycle.claimCheck()) void this.lock.runExclusive(() => lifecycle.verify());
    return lifecycle.current ?? (await this.lock.runExclusive(() => lifecycle.acquire()));
  }

  private async tracked<T>(opened: OpenDatabase, read: () => Promise<T>): Promise<T> {
    try {
      return await this.reads.track(read);
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

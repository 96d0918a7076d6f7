import { Mutex } from 'async-mutex';
import { type DataSource } from 'typeorm';
import { type Clock, systemClock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { type BatchOperation, type DatabaseWork } from './connection.js';
import { buildDataSource, buildReadOnlyDataSource } from './data-source.js';
import { type DatabaseState, StateNotifier } from './database-state.js';
import { InFlight } from './in-flight.js';
import { reclaimSpace } from './reclaim.js';
import { isBusy, isFatal } from './sqlite-errors.js';
import { databaseFileSizes } from './sqlite-file.js';
import { closeConnections, openConnections, type StoreConnections } from './store-connections.js';
import { unavailableReason } from './unavailable-reason.js';
import { WriteGate } from './write-gate.js';

/** Between two attempts to open a database that could not be opened. */
const RETRY_AFTER_MS = 1_000;

/**
 * The cache's database: its file, its two connections and the gate all writes pass. A connection that went wrong is
 * dropped and opened again by the next call that needs it. Opening, reopening and closing happen inside the lock of
 * the write gate, so two callers can never both reconnect.
 */
export class Database {
  /**
   * The writer's `DataSource`, the same object across reopening; `null` when its driver package cannot be loaded.
   * Use it to look; whoever writes through it goes past the gate.
   */
  readonly dataSource: DataSource | null;

  private readonly sources: { writer: DataSource; reader: DataSource } | { fault: unknown };
  private readonly notifier = new StateNotifier();
  private readonly lock = new Mutex();
  private readonly reads = new InFlight();
  private readonly gate: WriteGate;
  private connections: StoreConnections | undefined;
  private nextAttemptAt = -Infinity;

  constructor(
    private readonly options: ResolvedDatabaseOptions,
    private readonly clock: Clock = systemClock,
  ) {
    this.sources = buildSources(options);
    this.dataSource = 'writer' in this.sources ? this.sources.writer : null;
    this.gate = new WriteGate(this.lock, {
      acquire: () => this.acquire(),
      discard: (cause) => this.discard(cause),
    });
  }

  get state(): DatabaseState {
    return this.notifier.state;
  }

  /** Calls the listener once for each change of state. Returns a function that ends it. */
  onStateChange(listener: (state: DatabaseState) => void): () => void {
    return this.notifier.onChange(listener);
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
      if (this.connections) return;
      this.gate.open();
      await this.attempt().catch(() => undefined);
    });
  }

  /**
   * Runs the work inside a transaction of the write gate; resolves after the commit. See {@link WriteGate.run}.
   * @throws {StoreUnavailableError} when the database cannot be used; {@link WriteQueueFullError}; what the work throws.
   */
  write<T>(work: DatabaseWork<T>): Promise<T> {
    return this.gate.run(work);
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
    const connections = this.connections ?? (await this.lock.runExclusive(() => this.acquireAll()));
    const { manager, sql } = connections.reader;
    try {
      return await this.reads.track(() => work(manager, sql));
    } catch (error) {
      if (isFatal(error)) void this.discardLater(connections, error);
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
    await reclaimSpace(this.gate, (work) =>
      this.lock.runExclusive(async () => work((await this.acquire()).sql)),
    );
  }

  /** Waits for queued writes and running reads, then closes. Everything rejects afterwards, until {@link open}. Twice is fine. */
  async close(): Promise<void> {
    await this.gate.close();
    await this.lock.runExclusive(async () => {
      const connections = this.connections;
      this.connections = undefined;
      this.notifier.change({ kind: 'closed' });
      if (connections) await this.disconnect(connections);
    });
  }

  private async acquire() {
    return (await this.acquireAll()).writer;
  }

  /** Inside the lock. */
  private async acquireAll(): Promise<StoreConnections> {
    if (this.connections) return this.connections;
    const { state } = this;
    if (state.kind === 'closed') throw new StoreUnavailableError('The cache database is closed');
    if (state.kind === 'unavailable' && this.clock.elapsed() < this.nextAttemptAt) {
      throw new StoreUnavailableError(state.reason, { cause: state.cause });
    }
    return this.attempt();
  }

  /** Inside the lock. */
  private async attempt(): Promise<StoreConnections> {
    try {
      if ('fault' in this.sources) throw this.sources.fault;
      const connections = await openConnections(this.sources.writer, this.sources.reader);
      this.connections = connections;
      this.notifier.change({ kind: 'open', sqliteVersion: connections.sqliteVersion });
      return connections;
    } catch (cause) {
      const reason = unavailableReason(cause, this.options);
      this.notifier.change({ kind: 'unavailable', reason, cause });
      throw new StoreUnavailableError(reason, { cause });
    } finally {
      this.nextAttemptAt = this.clock.elapsed() + RETRY_AFTER_MS;
    }
  }

  /** Inside the lock. */
  private async discard(error: unknown): Promise<void> {
    const connections = this.connections;
    if (!connections) return;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    this.connections = undefined;
    this.notifier.change({ kind: 'unavailable', reason: unavailableReason(cause, this.options), cause });
    await this.disconnect(connections);
  }

  private async discardLater(connections: StoreConnections, error: unknown): Promise<void> {
    await this.lock.runExclusive(async () => {
      if (this.connections === connections) await this.discard(error);
    });
  }

  private async disconnect(connections: StoreConnections): Promise<void> {
    await this.reads.settled();
    if ('writer' in this.sources) await closeConnections(connections, this.sources);
  }
}

function buildSources(
  options: ResolvedDatabaseOptions,
): { writer: DataSource; reader: DataSource } | { fault: unknown } {
  try {
    return { writer: buildDataSource(options), reader: buildReadOnlyDataSource(options) };
  } catch (fault) {
    return { fault };
  }
}

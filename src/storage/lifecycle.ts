import { type DataSource } from 'typeorm';
import { type Clock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { Connector, type StoreConnections } from './connector.js';
import { type DatabaseState, StateNotifier } from './database-state.js';
import { unavailableReason } from './unavailable-reason.js';

/** Between two attempts to open a database that could not be opened. */
const RETRY_AFTER_MS = 1_000;

/**
 * When connections are opened, dropped and opened again. Every method must be called inside the lock of the write
 * gate, so that two callers can never both reconnect.
 */
export class Lifecycle {
  private readonly connector: Connector;
  private readonly notifier = new StateNotifier();
  private connections: StoreConnections | undefined;
  private nextAttemptAt = -Infinity;

  /** @param settled resolves when nothing runs on the connections any more */
  constructor(
    private readonly options: ResolvedDatabaseOptions,
    private readonly clock: Clock,
    private readonly settled: () => Promise<void>,
  ) {
    this.connector = new Connector(options);
  }

  get dataSource(): DataSource | null {
    return this.connector.writerSource;
  }

  get state(): DatabaseState {
    return this.notifier.state;
  }

  /** The open connections, for those who need no lock. */
  get current(): StoreConnections | undefined {
    return this.connections;
  }

  onStateChange(listener: (state: DatabaseState) => void): () => void {
    return this.notifier.onChange(listener);
  }

  async open(): Promise<void> {
    if (!this.connections) await this.attempt().catch(() => undefined);
  }

  /** The connections, opened again where they were lost. @throws {StoreUnavailableError} */
  async acquire(): Promise<StoreConnections> {
    if (this.connections) return this.connections;
    const { state } = this;
    if (state.kind === 'closed') throw new StoreUnavailableError('The cache database is closed');
    if (state.kind === 'unavailable' && this.clock.elapsed() < this.nextAttemptAt) {
      throw new StoreUnavailableError(state.reason, { cause: state.cause });
    }
    return this.attempt();
  }

  /** Drops the connections; the next {@link acquire} opens them anew. */
  async discard(cause: unknown): Promise<void> {
    const reason = unavailableReason(cause, this.options);
    await this.disconnect({ kind: 'unavailable', reason, cause });
  }

  async close(): Promise<void> {
    await this.disconnect({ kind: 'closed' });
  }

  private async attempt(): Promise<StoreConnections> {
    try {
      const connections = await this.connector.open();
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

  private async disconnect(state: DatabaseState): Promise<void> {
    const connections = this.connections;
    this.connections = undefined;
    this.notifier.change(state);
    await this.settled();
    if (connections) await this.connector.close(connections);
  }
}

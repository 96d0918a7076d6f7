import { type DataSource } from 'typeorm';
import { type Clock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { Connector, type StoreConnections } from './connector.js';
import { FileMovedError } from './database-file.js';
import { type DatabaseState, StateNotifier } from './database-state.js';
import { isDamage } from './sqlite-errors.js';
import { unavailableReason } from './unavailable-reason.js';

/** Between two attempts to open a database that could not be opened. */
const RETRY_AFTER_MS = 1_000;

/** For so long writes may go into a file that is not at its path any more. */
const CHECK_EVERY_MS = 250;

/** Reads that take longer are cut off when their connection is closed. */
const SETTLE_MS = 2_000;

/**
 * When connections are opened, dropped and opened again. Every method must be called inside the lock of the write
 * gate, so that two callers can never both reconnect.
 */
export class Lifecycle {
  private readonly connector: Connector;
  private readonly notifier = new StateNotifier();
  private connections: StoreConnections | undefined;
  private nextAttemptAt = -Infinity;
  private nextCheckAt = -Infinity;
  private lastInPlaceAt = 0;
  private disk: 'has room' | 'is full' = 'has room';

  /** @param settled resolves when nothing runs on the connections any more */
  constructor(
    private readonly options: ResolvedDatabaseOptions,
    private readonly clock: Clock,
    private readonly settled: () => Promise<void>,
  ) {
    this.connector = new Connector(options, clock);
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
    if (this.claimCheck()) await this.verify();
    if (this.connections) return this.connections;
    const { state } = this;
    if (state.kind === 'closed') throw new StoreUnavailableError('The cache database is closed');
    if (state.kind === 'unavailable' && this.clock.elapsed() < this.nextAttemptAt) {
      throw new StoreUnavailableError(state.reason, { cause: state.cause });
    }
    return this.attempt();
  }

  /** Whether it is time to {@link verify}; then nobody else is told so for a while. Needs no lock. */
  claimCheck(): boolean {
    const now = this.clock.elapsed();
    if (now < this.nextCheckAt) return false;
    this.nextCheckAt = now + CHECK_EVERY_MS;
    return true;
  }

  /** Opens the connections anew when their file was deleted or replaced. */
  async verify(): Promise<void> {
    if (!this.connections) return;
    const now = this.clock.now();
    if (await this.connector.isInPlace()) this.lastInPlaceAt = now;
    else await this.discard(new FileMovedError(this.options.path, this.lastInPlaceAt));
  }

  /**
   * Drops the connections. Where another file is needed they are opened again at once, else by the next
   * {@link acquire}.
   */
  async discard(cause: unknown): Promise<void> {
    if (isDamage(cause) || cause instanceof FileMovedError) {
      await this.disconnect();
      await this.attempt(cause).catch(() => undefined);
    } else {
      this.announceUnavailable(cause);
      await this.disconnect();
    }
  }

  /** Whether the last transaction found room. A change of it is a change of state. */
  noteDisk(disk: 'has room' | 'is full'): void {
    const { state } = this;
    if (disk === this.disk || state.kind !== 'open') return;
    this.disk = disk;
    const { sqliteVersion } = state;
    const notice = `the disk of ${this.options.path} is full: stored reports are served and no new ones are stored`;
    this.notifier.change({ kind: 'open', sqliteVersion, ...(disk === 'is full' && { notice }) });
  }

  async close(): Promise<void> {
    this.notifier.change({ kind: 'closed' });
    await this.disconnect();
  }

  private async attempt(lost?: unknown): Promise<StoreConnections> {
    try {
      this.lastInPlaceAt = this.clock.now();
      const connections = await this.connector.open(lost);
      const { sqliteVersion, notice } = connections;
      this.connections = connections;
      this.disk = 'has room';
      this.notifier.change({ kind: 'open', sqliteVersion, ...(notice !== undefined && { notice }) });
      return connections;
    } catch (cause) {
      this.nextAttemptAt = this.clock.elapsed() + RETRY_AFTER_MS;
      throw new StoreUnavailableError(this.announceUnavailable(cause), { cause });
    }
  }

  private announceUnavailable(cause: unknown): string {
    const reason = unavailableReason(cause, this.options);
    this.notifier.change({ kind: 'unavailable', reason, cause });
    return reason;
  }

  private async disconnect(): Promise<void> {
    const connections = this.connections;
    this.connections = undefined;
    await inTime(this.settled(), SETTLE_MS, () => new Error('late')).catch(() => undefined);
    if (connections) await this.connector.close(connections);
  }
}

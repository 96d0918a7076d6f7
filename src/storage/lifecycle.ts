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

/** A disk on which nothing failed for so long counts as one with room again. */
const ROOM_AFTER_MS = 10_000;

/** Reads that take longer are cut off when their connection is closed. */
const SETTLE_MS = 2_000;

/**
 * When connections are opened, dropped and opened again. Every method must be called inside the lock of the write
 * gate, so that two callers can never both reconnect.
 */
export class Lifecycle {
  private readonly connector: Connector;
  private readonly notifier = new StateNotifier();
  /** Another file came into the place of ours, and has not been opened yet: its answers may be old. */
  private moved: FileMovedError | undefined;
  private connections: StoreConnections | undefined;
  private nextAttemptAt = -Infinity;
  private nextCheckAt = -Infinity;
  private lastInPlaceAt = 0;
  private diskFullAt: number | undefined;

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

  /** A transaction found no room on the disk. Told of once, until {@link noteCommit}. */
  noteDiskFull(): void {
    const isNews = this.diskFullAt === undefined;
    this.diskFullAt = this.clock.elapsed();
    const notice = `the disk of ${this.options.path} is full: stored reports are served and no new ones are stored`;
    if (isNews) this.announceOpen(notice);
  }

  /** A transaction was committed. Small ones find room now and then on a disk that is full for others. */
  noteCommit(): void {
    if (this.diskFullAt === undefined || this.clock.elapsed() < this.diskFullAt + ROOM_AFTER_MS) return;
    this.diskFullAt = undefined;
    this.announceOpen();
  }

  async close(): Promise<void> {
    this.notifier.change({ kind: 'closed' });
    await this.disconnect();
  }

  /** @param lost why the last connections were given up. */
  private async attempt(lost: unknown = this.moved): Promise<StoreConnections> {
    if (lost instanceof FileMovedError) this.moved = lost;
    try {
      this.lastInPlaceAt = this.clock.now();
      const connections = await this.connector.open(lost);
      this.moved = undefined;
      this.connections = connections;
      this.diskFullAt = undefined;
      this.announceOpen(connections.notice);
      return connections;
    } catch (cause) {
      this.nextAttemptAt = this.clock.elapsed() + RETRY_AFTER_MS;
      throw new StoreUnavailableError(this.announceUnavailable(cause), { cause });
    }
  }

  private announceOpen(notice?: string): void {
    if (!this.connections) return;
    const { sqliteVersion } = this.connections;
    this.notifier.change({ kind: 'open', sqliteVersion, ...(notice !== undefined && { notice }) });
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

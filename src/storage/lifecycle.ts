import { type DataSource } from 'typeorm';
import { type Clock } from '../common/clock.js';
import { StoreUnavailableError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import { type DatabaseState, type Engine, StateNotifier } from './database-state.js';
import { type Connection } from './sql/connection.js';

/** An open database. */
export interface OpenDatabase {
  /** Never behind a writer. */
  readonly reader: Connection;
  /** Opens one more that only reads, at most once, where what reads on {@link reader} waits for one another. */
  readonly aside?: () => Promise<Connection>;
  /** Never behind other reads either. Default: {@link reader}, where nobody waits for long. */
  readonly ahead?: Connection;
  readonly version: string;
  /** What happened to the database before, where somebody should know. */
  readonly notice?: string;
}

/** Opens and closes a database, always over the same `DataSource`. */
export interface DatabaseConnector<Opened extends OpenDatabase> {
  readonly engine: Engine;
  /** Where it is, in words for people: never a password. */
  readonly place: string;
  /** `null` when the driver package cannot be loaded. */
  readonly dataSource: DataSource | null;
  /** Opens it and brings its schema up to date. @param lost why the last connections were given up */
  open(lost?: unknown): Promise<Opened>;
  /** Never throws, and does not wait for ever. */
  close(opened: Opened): Promise<void>;
  /** Why the database cannot be used, in words that name it and how to mend it. */
  reasonFor(error: unknown): string;
}

/** Between two attempts to open a database that could not be opened. */
const RETRY_AFTER_MS = 1_000;

/** Reads that take longer are cut off when their connection is closed. */
const SETTLE_MS = 2_000;

/**
 * When a database is opened, dropped and opened again. Every method that returns a promise must be called inside the
 * lock of the write gate, so that two callers can never both reconnect.
 */
export class Lifecycle<Opened extends OpenDatabase = OpenDatabase> {
  protected opened: Opened | undefined;
  private readonly notifier = new StateNotifier();
  private nextAttemptAt = -Infinity;

  /** @param settled resolves when nothing runs on the connections any more */
  constructor(
    protected readonly clock: Clock,
    protected readonly connector: DatabaseConnector<Opened>,
    private readonly settled: () => Promise<void>,
  ) {}

  get dataSource(): DataSource | null {
    return this.connector.dataSource;
  }

  get place(): string {
    return this.connector.place;
  }

  get engine(): Engine {
    return this.connector.engine;
  }

  get state(): DatabaseState {
    return this.notifier.state;
  }

  /** What is open, for those who need no lock. */
  get current(): Opened | undefined {
    return this.opened;
  }

  reasonFor(error: unknown): string {
    return this.connector.reasonFor(error);
  }

  onStateChange(listener: (state: DatabaseState) => void): () => void {
    return this.notifier.onChange(listener);
  }

  /** Whether it is time to {@link verify}; then nobody else is told so for a while. Needs no lock. */
  claimCheck(): boolean {
    return false;
  }

  /** Looks whether what is open is still the right thing. */
  async verify(): Promise<void> {}

  async open(): Promise<void> {
    if (!this.opened) await this.attempt().catch(() => undefined);
  }

  /** The connections, opened again where they were lost. @throws {StoreUnavailableError} */
  async acquire(): Promise<Opened> {
    if (this.claimCheck()) await this.verify();
    if (this.opened) return this.opened;
    const { state } = this;
    if (state.kind === 'closed') throw new StoreUnavailableError('The cache database is closed');
    if (state.kind === 'unavailable' && this.clock.elapsed() < this.nextAttemptAt) {
      throw new StoreUnavailableError(state.reason, { cause: state.cause });
    }
    return this.attempt();
  }

  /** Drops the connections; the next {@link acquire} opens them again. */
  async discard(cause: unknown): Promise<void> {
    this.announceUnavailable(cause);
    await this.disconnect();
  }

  async close(): Promise<void> {
    this.notifier.change({ kind: 'closed' });
    await this.disconnect();
  }

  /** @param lost why the last connections were given up. @throws {StoreUnavailableError} */
  protected async attempt(lost?: unknown): Promise<Opened> {
    try {
      this.opened = await this.connector.open(lost);
    } catch (cause) {
      this.nextAttemptAt = this.clock.elapsed() + RETRY_AFTER_MS;
      throw new StoreUnavailableError(this.announceUnavailable(cause), { cause });
    }
    this.announceOpen(this.opened.notice);
    return this.opened;
  }

  protected announceOpen(notice?: string): void {
    if (!this.opened) return;
    const { engine } = this.connector;
    const { version } = this.opened;
    this.notifier.change({ kind: 'open', engine, version, ...(notice !== undefined && { notice }) });
  }

  protected async disconnect(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await inTime(this.settled(), SETTLE_MS, () => new Error('late')).catch(() => undefined);
    if (opened) await this.connector.close(opened);
  }

  private announceUnavailable(cause: unknown): string {
    const reason = this.connector.reasonFor(cause);
    this.notifier.change({ kind: 'unavailable', reason, cause });
    return reason;
  }
}

import { type Clock } from '../../common/clock.js';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { Lifecycle } from '../lifecycle.js';
import { Connector, type SqliteConnections } from './connector.js';
import { FileMovedError } from './database-file.js';
import { isDamage } from './sqlite-errors.js';

/** For so long writes may go into a file that is not at its path any more. */
const CHECK_EVERY_MS = 250;

/** A disk on which nothing failed for so long counts as one with room again. */
const ROOM_AFTER_MS = 10_000;

/** {@link Lifecycle} of a file, which can be damaged, deleted, replaced, and find no room on its disk. */
export class FileLifecycle extends Lifecycle<SqliteConnections> {
  declare protected readonly connector: Connector;
  /** Another file came into the place of ours, and has not been opened yet: its answers may be old. */
  private moved: FileMovedError | undefined;
  private nextCheckAt = -Infinity;
  private lastInPlaceAt = 0;
  private diskFullAt: number | undefined;

  constructor(
    private readonly options: ResolvedSqliteOptions,
    clock: Clock,
    settled: () => Promise<void>,
  ) {
    super(clock, new Connector(options, clock), settled);
  }

  override claimCheck(): boolean {
    const now = this.clock.elapsed();
    if (now < this.nextCheckAt) return false;
    this.nextCheckAt = now + CHECK_EVERY_MS;
    return true;
  }

  /** Opens the connections anew when their file was deleted or replaced. */
  override async verify(): Promise<void> {
    if (!this.opened) return;
    const now = this.clock.now();
    if (await this.connector.isInPlace()) this.lastInPlaceAt = now;
    else await this.discard(new FileMovedError(this.options.path, this.lastInPlaceAt));
  }

  /** Where another file is needed it is opened at once, else by the next {@link acquire}. */
  override async discard(cause: unknown): Promise<void> {
    if (!isDamage(cause) && !(cause instanceof FileMovedError)) return super.discard(cause);
    await this.disconnect();
    await this.attempt(cause).catch(() => undefined);
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

  protected override async attempt(lost: unknown = this.moved): Promise<SqliteConnections> {
    if (lost instanceof FileMovedError) this.moved = lost;
    this.lastInPlaceAt = this.clock.now();
    const connections = await super.attempt(lost);
    this.moved = undefined;
    this.diskFullAt = undefined;
    return connections;
  }
}

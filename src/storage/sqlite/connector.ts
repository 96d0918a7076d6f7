import { setTimeout } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type Clock } from '../../common/clock.js';
import { inTime } from '../../common/in-time.js';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { messageOf } from '../../common/message-of.js';
import { carryOver } from './carry-over.js';
import { type DatabaseConnector, type OpenDatabase } from '../lifecycle.js';
import { type Connection } from '../sql/connection.js';
import { buildSqliteDataSource, buildReadOnlyDataSource, sqlConnectionOf } from './data-source.js';
import { DatabaseFile, FileMovedError } from './database-file.js';
import { databaseIdentity } from './file-identity.js';
import { ForeignLogError } from './foreign-log.js';
import { forgetOlderEntries } from './forget-older-entries.js';
import { OpeningLock } from './opening-lock.js';
import { fileIdOf, isOwn, markAsOwn } from './own-file.js';
import { setAside } from './quarantine.js';
import { runPendingMigrations } from './run-migrations.js';
import { checkSchema } from './schema-check.js';
import { SqliteConnection } from './sqlite-connection.js';
import { isBusy, isDamage, isFaultOfContent } from './sqlite-errors.js';
import { unavailableReason } from './unavailable-reason.js';

/**
 * The open connections: the writer's, one that only reads and so never waits behind it (WAL), and another of the kind
 * for those who want one: statements of one connection run one after another.
 */
export interface SqliteConnections extends OpenDatabase {
  readonly writer: Connection;
  readonly aside: () => Promise<Connection>;
}

interface Parts {
  readonly writer: DataSource;
  readonly reader: DataSource;
  readonly aside: DataSource;
  readonly lock: OpeningLock;
}

/** How long others may be at it before opening is given up: as many as start on a machine at once, one by one. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 50;

/** A connection that is not closed by then hangs in its file system, and is given up. */
const CLOSE_PATIENCE_MS = 2_000;

/** Opens and closes the connections, always over the same `DataSource`s, and begins a new file where it must. */
export class Connector implements DatabaseConnector<SqliteConnections> {
  readonly engine = 'SQLite';
  private readonly parts: Parts | { fault: unknown };
  private readonly file: DatabaseFile;

  constructor(
    private readonly options: ResolvedSqliteOptions,
    private readonly clock: Clock,
  ) {
    this.parts = buildParts(options);
    this.file = new DatabaseFile(options.path);
  }

  get place(): string {
    return this.options.path;
  }

  /** `null` when the driver package cannot be loaded. */
  get dataSource(): DataSource | null {
    return 'fault' in this.parts ? null : this.parts.writer;
  }

  /** Whether the file is still the one that was opened. */
  isInPlace(): Promise<boolean> {
    return this.file.isInPlace();
  }

  /**
   * Opens the first two and brings the schema up to date; a damaged file is set aside first. Tries again, at random intervals,
   * while other processes are at it: some steps of creating a file in WAL mode fail at once, whatever the busy timeout.
   * @param lost why the last connections were given up
   */
  async open(lost?: unknown): Promise<SqliteConnections> {
    const { parts } = this;
    if ('fault' in parts) throw parts.fault;
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await parts.lock.runExclusive(() => this.openInTurn(parts, lost));
      } catch (error) {
        await closeSources(parts);
        if (!isBusy(error) || performance.now() >= deadline) throw error;
        await setTimeout(Math.random() * LONGEST_PAUSE_MS);
      }
    }
  }

  /** Never throws, and does not wait for ever. */
  async close({ writer, reader, aside }: SqliteConnections): Promise<void> {
    const { parts } = this;
    if ('fault' in parts) return;
    const open = parts.aside.isInitialized ? [await aside(), reader, writer] : [reader, writer];
    const released = Promise.all(open.map(({ sql }) => sql.release()));
    await inTime(released, CLOSE_PATIENCE_MS, () => new Error('late')).catch(() => undefined);
    await closeSources(parts);
  }

  reasonFor(error: unknown): string {
    return unavailableReason(error, this.options);
  }

  private async openInTurn(parts: Parts, lost: unknown): Promise<SqliteConnections> {
    if (this.options.guest) return this.openAsGuest(parts, lost);
    await this.file.removeStrayCompanions();
    if (isDamage(lost) && (await this.file.isSame())) return this.beginAnew(parts, lost);
    try {
      return await this.openAgain(parts, lost);
    } catch (error) {
      await closeSources(parts);
      if (!(await isDamaged(parts.reader, error))) throw error;
      return this.beginAnew(parts, error);
    }
  }

  /** What to do about a file that is damaged, or not the one that was opened, is for its app to decide. */
  private async openAsGuest(parts: Parts, lost: unknown): Promise<SqliteConnections> {
    if (lost !== undefined) throw lost as Error;
    return this.openFile(parts);
  }

  private async openAgain(parts: Parts, lost: unknown): Promise<SqliteConnections> {
    const connections = await this.openFile(parts);
    if (!(lost instanceof FileMovedError)) return connections;
    await forgetOlderEntries(connections.writer, lost.lastInPlaceAt);
    return { ...connections, notice: `${lost.message}, and was opened anew` };
  }

  /** Sets the damaged file aside and opens a new one in its place. */
  private async beginAnew(parts: Parts, fault: unknown): Promise<SqliteConnections> {
    const { options } = this;
    const evidence = await setAside(options.path, this.clock.now());
    const connections = await this.openFile(parts);
    const carried = await carryOver(options, evidence, connections.writer);
    const notice =
      `${options.path} was damaged (${messageOf(fault)}) and is kept as ${evidence}; a new file was begun ` +
      `with ${carried} of its user switches and settings, and without reports and schema mappings`;
    return { ...connections, notice };
  }

  private async openFile(parts: Parts): Promise<SqliteConnections> {
    await this.refuseForeignLog(parts);
    const connections = await openOnce(parts, this.options);
    await this.file.note();
    if (!this.options.guest) await parts.lock.remember(connections.writer.sql.checksumSeed);
    return connections;
  }

  /**
   * Before anything opens it to write, which would fold the log into the file. A database without a log was copied
   * whole, and may be another one on purpose; one without an id was made before there were any, or lost all that was
   * in it with the power.
   */
  private async refuseForeignLog({ lock, reader }: Parts): Promise<void> {
    const [lastId, { wal }] = await Promise.all([lock.lastFileId(), databaseIdentity(this.options.path)]);
    if (lastId === 0 || wal === undefined) return;
    const id = await fileIdSeenBy(reader).catch(() => lastId);
    if (id !== 0 && id !== lastId) throw new ForeignLogError();
  }
}

function buildParts(options: ResolvedSqliteOptions): Parts | { fault: unknown } {
  try {
    return {
      writer: buildSqliteDataSource(options),
      reader: buildReadOnlyDataSource(options),
      aside: buildReadOnlyDataSource(options),
      lock: new OpeningLock(options),
    };
  } catch (fault) {
    return { fault };
  }
}

async function openOnce(parts: Parts, options: ResolvedSqliteOptions): Promise<SqliteConnections> {
  const patienceMs = options.busyTimeoutMs;
  const fileId = await prepareFile(await parts.writer.initialize(), options);
  const writer = connectionOf(parts.writer, fileId, patienceMs);
  const reader = connectionOf(await parts.reader.initialize(), fileId, patienceMs);
  const [row] = await reader.sql.all<{ version: string }>(
    'SELECT sqlite_version() AS version FROM sqlite_master LIMIT 1',
  );
  const aside = once(async () => connectionOf(await parts.aside.initialize(), fileId, patienceMs));
  return { writer, reader, aside, version: row?.version ?? 'unknown' };
}

/** The same answer to all who ask; after a failure the next one tries again. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

/** Brings the schema up to date and checks it. @returns the database's id. */
async function prepareFile(dataSource: DataSource, options: ResolvedSqliteOptions): Promise<number> {
  const sql = sqlConnectionOf(dataSource);
  try {
    if (!options.guest) {
      await markAsOwn(sql);
      await runPendingMigrations(dataSource, sql, options.busyTimeoutMs);
    }
    await checkSchema(dataSource, sql);
    return await fileIdOf(sql);
  } finally {
    await sql.release();
  }
}

async function fileIdSeenBy(reader: DataSource): Promise<number> {
  try {
    return await fileIdOf(sqlConnectionOf(await reader.initialize()));
  } finally {
    await closeSource(reader);
  }
}

/** Whether opening failed because of what is in the file, and the file is this module's to replace. */
async function isDamaged(reader: DataSource, error: unknown): Promise<boolean> {
  if (isDamage(error)) return true;
  if (!isFaultOfContent(error)) return false;
  try {
    return await isOwn(sqlConnectionOf(await reader.initialize()));
  } finally {
    await closeSource(reader);
  }
}

// SQLite's `DataSource` has one query runner; a manager bound to it does not ask for another at each call.
function connectionOf(dataSource: DataSource, fileId: number, patienceMs: number): Connection {
  const { manager } = dataSource.createQueryRunner();
  return new SqliteConnection(manager, sqlConnectionOf(dataSource, fileId), patienceMs);
}

// The readers first: the last connection to close folds the WAL into the file, which only the writer can.
async function closeSources({ writer, reader, aside }: Parts): Promise<void> {
  await closeSource(aside);
  await closeSource(reader);
  await closeSource(writer);
}

/** Never throws: a connection that cannot be closed is given up. */
async function closeSource(dataSource: DataSource): Promise<void> {
  if (!dataSource.isInitialized) return;
  try {
    await inTime(dataSource.destroy(), CLOSE_PATIENCE_MS, () => new Error('late'));
  } catch {
    Object.assign(dataSource, { isInitialized: false });
  }
}

import { setTimeout } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type ResolvedDatabaseOptions } from '../common/options.js';
import { type Connection } from './connection.js';
import { buildDataSource, buildReadOnlyDataSource, sqlConnectionOf } from './data-source.js';
import { runPendingMigrations } from './run-migrations.js';
import { isBusy } from './sqlite-errors.js';

/** The two open connections: the writer's, and one that only reads and so never waits behind it (WAL). */
export interface StoreConnections {
  readonly writer: Connection;
  readonly reader: Connection;
  readonly sqliteVersion: string;
}

interface DataSources {
  readonly writer: DataSource;
  readonly reader: DataSource;
}

const ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 50;

/** Opens and closes the two connections, always over the same two `DataSource`s. */
export class Connector {
  private readonly sources: DataSources | { fault: unknown };

  constructor(options: ResolvedDatabaseOptions) {
    this.sources = buildSources(options);
  }

  /** `null` when the driver package cannot be loaded. */
  get writerSource(): DataSource | null {
    return 'fault' in this.sources ? null : this.sources.writer;
  }

  /**
   * Opens both and brings the schema up to date. Tries again, at random intervals, while other processes are at it:
   * some steps of creating a file in WAL mode fail at once, whatever the busy timeout.
   */
  async open(): Promise<StoreConnections> {
    if ('fault' in this.sources) throw this.sources.fault;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await openOnce(this.sources);
      } catch (error) {
        await closeSources(this.sources);
        if (!isBusy(error) || attempt === ATTEMPTS) throw error;
        await setTimeout(Math.random() * LONGEST_PAUSE_MS);
      }
    }
  }

  async close({ writer, reader }: StoreConnections): Promise<void> {
    await Promise.all([reader.sql.release(), writer.sql.release()]);
    if (!('fault' in this.sources)) await closeSources(this.sources);
  }
}

function buildSources(options: ResolvedDatabaseOptions): DataSources | { fault: unknown } {
  try {
    return { writer: buildDataSource(options), reader: buildReadOnlyDataSource(options) };
  } catch (fault) {
    return { fault };
  }
}

async function openOnce(sources: DataSources): Promise<StoreConnections> {
  const writer = connectionOf(await sources.writer.initialize());
  await runPendingMigrations(sources.writer, writer.sql);
  const reader = connectionOf(await sources.reader.initialize());
  const [row] = await reader.sql.all<{ version: string }>('SELECT sqlite_version() AS version');
  return { writer, reader, sqliteVersion: row?.version ?? 'unknown' };
}

// SQLite's `DataSource` has one query runner; a manager bound to it does not ask for another at each call.
function connectionOf(dataSource: DataSource): Connection {
  return { manager: dataSource.createQueryRunner().manager, sql: sqlConnectionOf(dataSource) };
}

// The reader first: the last connection to close folds the WAL into the file, which only the writer can.
async function closeSources({ writer, reader }: DataSources): Promise<void> {
  await closeSource(reader);
  await closeSource(writer);
}

/** Never throws: a connection that cannot be closed is given up. */
async function closeSource(dataSource: DataSource): Promise<void> {
  if (!dataSource.isInitialized) return;
  try {
    await dataSource.destroy();
  } catch {
    Object.assign(dataSource, { isInitialized: false });
  }
}

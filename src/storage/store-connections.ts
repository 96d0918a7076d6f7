import { setTimeout } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type Connection } from './connection.js';
import { sqlConnectionOf } from './data-source.js';
import { runPendingMigrations } from './run-migrations.js';
import { isBusy } from './sqlite-errors.js';

/** The two open connections: the writer's, and one that only reads and so never waits behind it (WAL). */
export interface StoreConnections {
  readonly writer: Connection;
  readonly reader: Connection;
  readonly sqliteVersion: string;
}

const ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 50;

/**
 * Opens both and brings the schema up to date. Tries again, at random intervals, while other processes are at it:
 * switching a new file to WAL fails at once, whatever the busy timeout.
 */
export async function openConnections(writer: DataSource, reader: DataSource): Promise<StoreConnections> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openOnce(writer, reader);
    } catch (error) {
      await Promise.all([closeDataSource(reader), closeDataSource(writer)]);
      if (!isBusy(error) || attempt === ATTEMPTS) throw error;
      await setTimeout(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

/** The reader first: the last connection to close folds the WAL into the file, which only the writer can. */
export async function closeConnections(
  { writer, reader }: StoreConnections,
  dataSources: { writer: DataSource; reader: DataSource },
): Promise<void> {
  await Promise.all([reader.sql.release(), writer.sql.release()]);
  await closeDataSource(dataSources.reader);
  await closeDataSource(dataSources.writer);
}

async function openOnce(writerSource: DataSource, readerSource: DataSource): Promise<StoreConnections> {
  const writer = connectionOf(await writerSource.initialize());
  await runPendingMigrations(writerSource, writer.sql);
  const reader = connectionOf(await readerSource.initialize());
  const [row] = await reader.sql.all<{ version: string }>('SELECT sqlite_version() AS version');
  return { writer, reader, sqliteVersion: row?.version ?? 'unknown' };
}

// SQLite's `DataSource` has one query runner; a manager bound to it does not ask for another at each call.
function connectionOf(dataSource: DataSource): Connection {
  return { manager: dataSource.createQueryRunner().manager, sql: sqlConnectionOf(dataSource) };
}

/** Never throws: a connection that cannot be closed is given up. */
async function closeDataSource(dataSource: DataSource): Promise<void> {
  if (!dataSource.isInitialized) return;
  try {
    await dataSource.destroy();
  } catch {
    Object.assign(dataSource, { isInitialized: false });
  }
}

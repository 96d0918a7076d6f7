import { DataSource, type DataSourceOptions } from 'typeorm';
import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { BetterSqlite3Connection, type BetterSqlite3Handle } from './better-sqlite3-connection.js';
import { entities } from '../entities/index.js';
import { CreateReportsCache1767225600000 } from './migrations/1767225600000-create-reports-cache.js';
import { ShareBetweenProcesses1767312000000 } from './migrations/1767312000000-share-between-processes.js';
import { CountCompanies1767398400000 } from './migrations/1767398400000-count-companies.js';
import { RollUpTheLog1767484800000 } from './migrations/1767484800000-roll-up-the-log.js';
import { RememberWarmUpRequests1767571200000 } from './migrations/1767571200000-remember-warm-up-requests.js';
import { applyWriterPragmas } from './pragmas.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { Sqlite3Connection, type Sqlite3Handle } from './sqlite3-connection.js';
import { createDatabaseFile, restrictToOwner } from './sqlite-file.js';

/** Apart from an app's own `migrations`, should both live in one file. */
export const MIGRATIONS_TABLE = 'reports_cache_migrations';

const OPEN_READONLY = 0x1; // https://www.sqlite.org/c3ref/c_open_autoproxy.html
const OPEN_READWRITE = 0x2;

/** How each driver is told not to create a file. */
const EXISTING_ONLY = {
  sqlite: { flags: OPEN_READWRITE },
  'better-sqlite3': { fileMustExist: true },
} as const;

/**
 * The writer's connection, not yet opened. Opening it creates
 * the file, owner-only, and sets what SQLite must know before the first table. It never migrates by itself.
 * @throws {DriverPackageNotInstalledError} of TypeORM when the driver package cannot be loaded.
 */
export function buildSqliteDataSource(options: ResolvedSqliteOptions): DataSource {
  return options.guest
    ? new GuestDataSource({ ...toDataSourceOptions(options), ...EXISTING_ONLY[options.type] })
    : new OwnerDataSource(toDataSourceOptions(options));
}

/** A database in memory with the migrations of this version, to compare a file's schema with. Not yet opened. */
export function buildScratchDataSource(options: ResolvedSqliteOptions): DataSource {
  return new DataSource({ ...toDataSourceOptions(options), database: ':memory:' });
}

/** A second connection that cannot write. @throws as {@link buildSqliteDataSource} */
export function buildReadOnlyDataSource(options: ResolvedSqliteOptions): DataSource {
  const shared = toDataSourceOptions(options);
  const readOnly =
    shared.type === 'sqlite' ? { flags: OPEN_READONLY } : { readonly: true, fileMustExist: true };
  return new DataSource({ ...shared, ...readOnly });
}

/** The file by which processes take turns in opening the database, and that remembers which one it is. */
export function lockPath({ path }: ResolvedSqliteOptions): string {
  return `${path}-lock`;
}

/** A connection to {@link lockPath}, without any table. @throws as {@link buildSqliteDataSource} */
export function buildLockDataSource(options: ResolvedSqliteOptions): DataSource {
  const database = lockPath(options);
  const shared = toDataSourceOptions({ ...options, busyTimeoutMs: LOCK_PATIENCE_MS });
  return new DataSource({ ...shared, database, entities: [], migrations: [] });
}

/** The prepared-statement view of an opened `DataSource`. @param checksumSeed of its entries, where they are read or written */
export function sqlConnectionOf(dataSource: DataSource, checksumSeed = 0): SqlConnection {
  const { databaseConnection } = dataSource.driver as unknown as { databaseConnection: unknown };
  return dataSource.options.type === 'better-sqlite3'
    ? new BetterSqlite3Connection(databaseConnection as BetterSqlite3Handle, checksumSeed)
    : new Sqlite3Connection(databaseConnection as Sqlite3Handle, checksumSeed);
}

/** How long SQLite itself waits for another process that opens the database; the connector then tries again. */
const LOCK_PATIENCE_MS = 250;

/** `better-sqlite3` blocks the event loop while SQLite waits, so it hardly may: see `beginImmediate`. */
const LONGEST_BLOCKING_MS = 5;

const LONGEST_BUSY_TIMEOUT_MS = 0x7fff_ffff; // A C int; both drivers take whole milliseconds only.

// `enableWAL` and `busyErrorRetry` of TypeORM stay off: the first runs before `auto_vacuum` can be set and discards
// its answer, the second never settles on a stale snapshot.
function toDataSourceOptions(
  options: ResolvedSqliteOptions,
): DataSourceOptions & { type: typeof options.type } {
  const busyTimeout = Math.min(Math.ceil(options.busyTimeoutMs), LONGEST_BUSY_TIMEOUT_MS);
  const shared = {
    database: options.path,
    entities: [...entities],
    migrations: [
      CreateReportsCache1767225600000,
      ShareBetweenProcesses1767312000000,
      CountCompanies1767398400000,
      RollUpTheLog1767484800000,
      RememberWarmUpRequests1767571200000,
    ],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
  };
  return options.type === 'better-sqlite3'
    ? { ...shared, type: 'better-sqlite3', timeout: Math.min(busyTimeout, LONGEST_BLOCKING_MS) }
    : { ...shared, type: 'sqlite', busyTimeout, driver: quietSqlite3 };
}

/**
 * TypeORM switches `sqlite3` to its verbose mode, in which every call records a stack trace: a fifth of what a lookup
 * costs. Called inside TypeORM's own error handling, so that a missing package is reported as ever.
 */
const quietSqlite3 = { verbose: (): unknown => PlatformTools.load('sqlite3') };

/** Of a file that is there, whose rights are its app's affair. */
class GuestDataSource extends DataSource {
  override async initialize(): Promise<this> {
    await super.initialize();
    try {
      await this.prepare();
      return this;
    } catch (error) {
      await this.destroy();
      throw error;
    }
  }

  protected async prepare(): Promise<void> {
    await applyWriterPragmas(sqlConnectionOf(this));
  }
}

class OwnerDataSource extends GuestDataSource {
  override async initialize(): Promise<this> {
    await createDatabaseFile(String(this.options.database));
    return super.initialize();
  }

  protected override async prepare(): Promise<void> {
    await super.prepare();
    await restrictToOwner(String(this.options.database));
  }
}

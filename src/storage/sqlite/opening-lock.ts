import { type DataSource } from 'typeorm';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { buildLockDataSource, lockPath, sqlConnectionOf } from './data-source.js';
import { identityOf } from './file-identity.js';
import { fileIdOf, setFileId } from './own-file.js';
import { isBusy } from './sqlite-errors.js';
import { createDatabaseFile } from './sqlite-file.js';

/**
 * Lets one process at a time open, create or set aside a database. SQLite's own lock on a file beside it: the kernel
 * gives it back when its holder dies. Rejected: a file that holds a process id, which a killed process leaves behind;
 * and a lock on the database itself, which cannot be had where that is no database.
 *
 * In its header the file remembers which database was opened last, for nothing in a write-ahead log tells which
 * database it belongs to.
 */
export class OpeningLock {
  private readonly source: DataSource;

  /** @throws as `buildSqliteDataSource` */
  constructor(private readonly options: ResolvedSqliteOptions) {
    this.source = buildLockDataSource(options);
  }

  /**
   * @throws `SQLITE_BUSY` when another process has it for longer than a quarter of a second; the file system's error
   * when neither folder nor file can be created; what the work throws.
   */
  async runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const path = lockPath(this.options);
    // One that a guest made might belong to a user by whom the app then cannot open its own file.
    if (this.options.guest && (await identityOf(path)) === undefined) return work();
    await createDatabaseFile(path);
    try {
      await this.take();
      return await work();
    } finally {
      if (this.source.isInitialized) await this.source.destroy();
    }
  }

  /** The id of the database that was opened last; 0 when it is not known. To be called while the lock is held. */
  async lastFileId(): Promise<number> {
    return this.source.isInitialized ? fileIdOf(sqlConnectionOf(this.source)).catch(() => 0) : 0;
  }

  /** Remembers which database was opened. Ends the lock's transaction: to be called last. Never throws. */
  async remember(fileId: number): Promise<void> {
    if (!this.source.isInitialized || (await this.lastFileId()) === fileId) return;
    const sql = sqlConnectionOf(this.source);
    await setFileId(sql, fileId).catch(() => undefined);
    await this.source.query('COMMIT').catch(() => undefined);
  }

  /** A lock that cannot be had for another reason than its holder is worth less than the cache: it is done without. */
  private async take(): Promise<void> {
    try {
      await this.source.initialize();
      await this.source.query('BEGIN EXCLUSIVE');
    } catch (error) {
      if (isBusy(error)) throw error;
    }
  }
}

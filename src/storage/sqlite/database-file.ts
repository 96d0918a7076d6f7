import { rm } from 'node:fs/promises';
import { type DatabaseIdentity, databaseIdentity, targetOf } from './file-identity.js';

/** The file that is open is not at its path any more: it was deleted, or another one was put in its place. */
export class FileMovedError extends Error {
  /** @param lastInPlaceAt when it was last seen in its place, in epoch milliseconds. */
  constructor(
    path: string,
    readonly lastInPlaceAt: number,
  ) {
    super(`${path} was deleted or replaced while it was in use`);
  }
}

/**
 * The file at the database's path, compared with the one that was opened. By device and inode, never by opening it:
 * closing a file takes away the locks that SQLite has on it in this process.
 */
export class DatabaseFile {
  private opened: DatabaseIdentity | undefined;

  constructor(private readonly path: string) {}

  /** Remembers what was opened just now. */
  async note(): Promise<void> {
    this.opened = await databaseIdentity(this.path);
  }

  /** Whether the path leads to the file that was opened last, the connections being closed or not. */
  async isSame(): Promise<boolean> {
    return (await databaseIdentity(this.path)).file === this.opened?.file;
  }

  /** While the connections are open: whether database and write-ahead log are those that were opened. What is written to others reaches nobody else. */
  async isInPlace(): Promise<boolean> {
    try {
      const { file, wal } = await databaseIdentity(this.path);
      return file === this.opened?.file && wal === this.opened?.wal;
    } catch {
      // Nobody can tell: to take a good file for another one would cost all that is stored.
      return true;
    }
  }

  /**
   * Removes companions that belong to no file any more, or to the one that was opened before and is gone: SQLite
   * would apply an old write-ahead log to the new file. To be called with the connections closed.
   */
  async removeStrayCompanions(): Promise<void> {
    const { opened } = this;
    const now = await databaseIdentity(this.path);
    if (now.file !== undefined && now.file === opened?.file) return;
    const isStray = (companion: 'wal' | 'shm'): boolean =>
      now.file === undefined || (opened !== undefined && now[companion] === opened[companion]);
    const target = await targetOf(this.path);
    if (isStray('wal')) await rm(`${target}-wal`, { force: true });
    if (isStray('shm')) await rm(`${target}-shm`, { force: true });
  }
}

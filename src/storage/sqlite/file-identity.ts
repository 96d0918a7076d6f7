import { realpath, stat } from 'node:fs/promises';

/** Which file a path leads to: device and inode, and `undefined` where there is none. A file that is open keeps its own. */
export type FileIdentity = string | undefined;

/** A database's file and its companions, as they were when it was opened. */
export interface DatabaseIdentity {
  readonly file: FileIdentity;
  readonly wal: FileIdentity;
  readonly shm: FileIdentity;
}

/** @throws what says nothing of the file: a disk that fails, or no memory. */
export async function identityOf(path: string): Promise<FileIdentity> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The file itself, where the path is a link: SQLite keeps the companions beside it, not beside the link. */
export function targetOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

export async function databaseIdentity(path: string): Promise<DatabaseIdentity> {
  const target = await targetOf(path);
  const [file, wal, shm] = await Promise.all([target, `${target}-wal`, `${target}-shm`].map(identityOf));
  return { file, wal, shm };
}

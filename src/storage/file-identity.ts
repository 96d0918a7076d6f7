import { realpath, stat } from 'node:fs/promises';

/** Which file a path leads to: device and inode, and `undefined` where there is none. A file that is open keeps its own. */
export type FileIdentity = string | undefined;

/** A database's file and its companions, as they were when it was opened. */
export interface DatabaseIdentity {
  readonly file: FileIdentity;
  readonly wal: FileIdentity;
  readonly shm: FileIdentity;
}

export async function identityOf(path: string): Promise<FileIdentity> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** SQLite keeps the companions beside the file itself, not beside a link to it. */
export async function databaseIdentity(path: string): Promise<DatabaseIdentity> {
  const target = await realpath(path).catch(() => path);
  const [file, wal, shm] = await Promise.all([target, `${target}-wal`, `${target}-shm`].map(identityOf));
  return { file, wal, shm };
}

import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The path holds something that is not ours to overwrite. */
export class NotADatabaseError extends Error {}

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const HEADER = Buffer.from('SQLite format 3\0', 'latin1');

/**
 * Creates the folder (0700) and the file (0600) where they are missing, and takes group and others off an existing
 * database. SQLite gives `-wal` and `-shm` the mode of the file. An existing folder keeps its mode: it may hold other things.
 * @throws {NotADatabaseError} when something else is there; it is left untouched.
 */
export async function secureDatabaseFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  // 'a+' creates without truncating, and fails at once where SQLite could not write.
  const file = await open(path, 'a+', OWNER_ONLY_FILE);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    if (bytesRead > 0 && !buffer.equals(HEADER))
      throw new NotADatabaseError(`${path} is not an SQLite database`);
    if (((await file.stat()).mode & 0o077) !== 0) await file.chmod(OWNER_ONLY_FILE);
  } finally {
    await file.close();
  }
  await Promise.all(companions(path).map(secureExisting));
}

/** Bytes of the file and of its write-ahead log; 0 for what is not there. */
export async function databaseFileSizes(path: string): Promise<{ databaseBytes: number; walBytes: number }> {
  const [databaseBytes, walBytes] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)]);
  return { databaseBytes, walBytes };
}

function companions(path: string): string[] {
  return [`${path}-wal`, `${path}-shm`];
}

async function secureExisting(path: string): Promise<void> {
  try {
    await chmod(path, OWNER_ONLY_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

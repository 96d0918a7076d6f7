import { access, chmod, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/**
 * Creates the folder (0700) and an empty file (0600) where they are missing. What exists is neither opened nor
 * changed: closing a file takes away the locks that any other SQLite connection of this process has on it.
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 * @throws the file system's error when the file cannot be created or written.
 */
export async function createDatabaseFile(path: string): Promise<void> {
  await createFolder(resolve(dirname(path)));
  try {
    await writeFile(path, '', { flag: 'wx', mode: OWNER_ONLY_FILE });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await access(path, constants.R_OK | constants.W_OK);
  }
}

/**
 * Takes group and others off a database and its companions; new companions get the file's mode from SQLite. For
 * files known to be a database, not for whatever a path may point at. A file of another user stays as it is.
 */
export async function restrictToOwner(path: string): Promise<void> {
  await Promise.all([path, `${path}-wal`, `${path}-shm`].map(restrict));
}

/** Bytes of the file and of its write-ahead log; 0 for what is not there. */
export async function databaseFileSizes(path: string): Promise<{ databaseBytes: number; walBytes: number }> {
  const [databaseBytes, walBytes] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)]);
  return { databaseBytes, walBytes };
}

/** Folder by folder: `mkdir` with `recursive` never settles below some system folders (`/proc` on Node 20). */
async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    if (await exists(dirname(path))) throw error;
    await createFolder(dirname(path));
    await createFolder(path);
  }
}

async function restrict(path: string): Promise<void> {
  try {
    await chmod(path, OWNER_ONLY_FILE);
  } catch (error) {
    if (!['ENOENT', 'EPERM'].includes(codeOf(error))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

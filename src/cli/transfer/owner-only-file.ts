import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../common/message-of.js';
import { type CommandError, refusal, unavailable } from '../exit-codes.js';

const OWNER_ONLY = 0o600;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file that is there whole or not at all, for its owner alone: under another name beside it, flushed to the
 * disk, and renamed at the end. What stands at the path is replaced only when asked for, and a link never.
 * @throws {CommandError} refused or unavailable, and what `write` throws; then nothing is left behind.
 */
export async function writeOwnerOnlyFile(
  path: string,
  replace: boolean,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await checkPath(path, replace);
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(draft, NEW_FILE, OWNER_ONLY).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  try {
    await write(file);
    await file.sync();
    await file.close();
    // Again, since the work may have taken long.
    await checkPath(path, replace);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : cannotWrite(path, error);
  }
}

async function checkPath(path: string, replace: boolean): Promise<void> {
  const present = await lstat(path).catch(() => undefined);
  if (present === undefined) return;
  if (!present.isFile()) throw refusal(`--output ${path} is a link, a folder or a device: name a file`);
  if (!replace)
    throw refusal(`--output ${path} is there already: name another file, or give --force to replace it`);
}

function cannotWrite(path: string, error: unknown): CommandError {
  return unavailable(`--output ${path} cannot be written: ${messageOf(error)}`, error);
}

/** So that the new name survives a power cut as well. Not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

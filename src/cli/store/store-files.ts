import { basename, dirname, join, resolve } from 'node:path';
import type { ResolvedDatabaseOptions } from '../../common/options.js';
import { lockPath } from '../../storage/sqlite/data-source.js';
import { identityOf, targetOf } from '../../storage/sqlite/file-identity.js';

/** What SQLite keeps beside a database: https://www.sqlite.org/tempfiles.html */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/**
 * Whether a path is that of the store's file or of one that belongs to it, under whatever name: by device and inode,
 * and by the folder it is in, for companions come and go. Never of a store on a server.
 */
export async function isFileOfStore(path: string, options: ResolvedDatabaseOptions): Promise<boolean> {
  if (options.type === 'postgres') return false;
  const target = await targetOf(options.path);
  const files = [...COMPANIONS.map((suffix) => target + suffix), lockPath(options)];
  const [own, ...others] = await Promise.all([path, ...files].map(placeOf));
  return others.some((other) => other.path === own!.path || (own!.file && other.file === own!.file));
}

async function placeOf(path: string): Promise<{ path: string; file: string | undefined }> {
  const folder = await targetOf(dirname(resolve(path)));
  return { path: join(folder, basename(path)), file: await identityOf(path) };
}

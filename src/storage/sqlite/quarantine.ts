import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { identityOf, targetOf } from './file-identity.js';
import { OWNER_ONLY_FILE } from './sqlite-file.js';

/** Damaged files that are kept; older ones are deleted. Each may be as large as the cache was. */
const KEPT = 3;

/**
 * Renames a damaged database and its write-ahead log, which stay beside it as evidence:
 * `cache.sqlite.damaged-20261122T101500000Z`. Its index of the log (`-shm`) says nothing by itself and goes. To be
 * called inside the {@link OpeningLock}, with the database's connections closed.
 * @param now epoch milliseconds
 * @returns where the evidence is.
 * @throws the file system's error when the file cannot be renamed.
 */
export async function setAside(path: string, now: number): Promise<string> {
  const file = await targetOf(path);
  const evidence = await unusedName(file, now);
  await rename(file, evidence);
  await rename(`${file}-wal`, `${evidence}-wal`).catch(() => undefined);
  await rm(`${file}-shm`, { force: true });
  await Promise.all(
    [evidence, `${evidence}-wal`].map((kept) => chmod(kept, OWNER_ONLY_FILE).catch(() => undefined)),
  );
  await removeOldest(file);
  return evidence;
}

async function unusedName(file: string, now: number): Promise<string> {
  for (let time = now; ; time += 1) {
    const name = `${file}.damaged-${new Date(time).toISOString().replace(/[-:.]/g, '')}`;
    if ((await identityOf(name)) === undefined) return name;
  }
}

async function removeOldest(file: string): Promise<void> {
  const prefix = `${basename(file)}.damaged-`;
  const isEvidence = (name: string): boolean => name.startsWith(prefix) && name.endsWith('Z');
  const names = (await readdir(dirname(file))).filter(isEvidence).sort();
  const old = names.slice(0, -KEPT).flatMap((name) => [name, `${name}-wal`, `${name}-shm`]);
  await Promise.all(old.map((name) => rm(join(dirname(file), name), { force: true })));
}

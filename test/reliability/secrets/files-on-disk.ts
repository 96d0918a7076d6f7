import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CacheService } from '../../../src/index.js';
import { Database } from '../../../src/storage/database.js';
import { Cleanup } from '../../../src/maintenance/cleanup.js';
import { type Driver } from '../../storage/open-database.js';
import { startReportApp } from '../../support/report-app.js';
import { tempFolder } from '../../support/temp-folder.js';

const filesOf = (path: string) => [path, `${path}-wal`, `${path}-shm`];

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The modes of the folder and the three files of a new cache, where nothing is masked. */
export async function modesOnDisk(driver: Driver): Promise<{ folder: string; files: string[] }> {
  const path = join(tempFolder(), 'not', 'yet there', 'cache.sqlite');
  const umask = process.umask(0);
  try {
    const { app } = await startReportApp({ cache: { database: { type: driver, path } } });
    await app.get(CacheService).set('k', 'v', { type: 't' });
    return { folder: modeOf(dirname(path)), files: filesOf(path).map(modeOf) };
  } finally {
    process.umask(umask);
  }
}

/**
 * Stores values of several sizes, each full of a word that stands nowhere else, between others that stay; removes them,
 * cleans up, and counts the pages in which the word is left.
 */
export async function tracesOfDeleted(driver: Driver): Promise<{ before: number; after: number }> {
  const { app, databasePath } = await startReportApp({
    cache: { memory: false, database: { type: driver } },
  });
  const service = app.get(CacheService);
  const word = `secret-${randomBytes(8).toString('hex')}`;
  const sizes = [100, 700, 1_500, 20_000, 300_000];
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      sizes.flatMap((size, index) => [
        service.set(`gone-${round}-${index}`, word.repeat(size / word.length), { type: 'secret' }),
        service.set(`kept-${round}-${index}`, 'x'.repeat(size), { type: 'kept' }),
      ]),
    );
  }
  const pages = () =>
    filesOf(databasePath)
      .flatMap((path) => inPages(readFileSync(path)))
      .filter((page) => page.includes(word)).length;
  const before = pages();
  await service.clearByType('secret');
  await app.get(Cleanup).run();
  await app.get(Database).close();
  return { before, after: inPages(readFileSync(databasePath)).filter((page) => page.includes(word)).length };
}

function inPages(bytes: Buffer): Buffer[] {
  const pages = Math.ceil(bytes.length / 4_096);
  return Array.from({ length: pages }, (_, page) => bytes.subarray(page * 4_096, (page + 1) * 4_096));
}

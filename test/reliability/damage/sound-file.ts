import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Database } from '../../../src/storage/database.js';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { inChunks } from '../../../src/storage/sql/sql-text.js';
import { someEntry } from '../../storage/some-entry.js';
import { tempFolder } from '../../support/temp-folder.js';
import { seededRandom } from '../../support/seeded-random.js';

/** A database as its bytes: the file and the write-ahead log that a killed process left. */
export interface FileImage {
  main: Buffer;
  wal: Buffer;
}

export interface SoundFile {
  readonly image: FileImage;
  /** What was stored under each key, the latest last. */
  readonly history: ReadonlyMap<string, readonly StoredEntry[]>;
  /** The lock beside it, which remembers which database it is. */
  readonly lock: Buffer;
  /** The log as it was before it was folded into the file. */
  readonly earlierWal: Buffer;
  /** The log of another cache, with other answers under the same keys. */
  readonly foreignWal: Buffer;
  /** The same, before anything of it was folded into its file: the whole of that cache. */
  readonly wholeForeignWal: Buffer;
}

const ENTRIES = 40;
const REWRITTEN = 10;
const COMPANIES = 5;

/** Entries of 0 to 6,000 bytes, some of them in the file and the rest in its log; ten were stored twice. */
export async function makeSoundFile(): Promise<SoundFile> {
  const own = makeEntries('report', ENTRIES, 1);
  const rewritten = makeEntries('report', REWRITTEN, 2);
  const half = ENTRIES / 2;
  const { earlierWal, lock, ...image } = await imageOf(own.slice(0, half), [
    ...own.slice(half),
    ...rewritten,
  ]);
  const others = makeEntries('report', ENTRIES, 3);
  const { wal: foreignWal } = await imageOf(others.slice(0, half), others.slice(half));
  const { earlierWal: wholeForeignWal } = await imageOf(others, []);
  const history = new Map(
    own.map((entry, index) => [entry.key, [entry, ...rewritten.slice(index, index + 1)]]),
  );
  return { image, lock, history, earlierWal, foreignWal, wholeForeignWal };
}

function makeEntries(name: string, count: number, seed: number): StoredEntry[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(Array.from({ length: random(6_000) }, () => random(256)));
    return someEntry({
      key: `${name}-${index}`,
      companyId: String(index % COMPANIES),
      tags: index % 3 === 0 ? ['ledger', `month-${index % 7}`] : [],
      bytes,
    });
  });
}

async function imageOf(
  inFile: readonly StoredEntry[],
  inLog: readonly StoredEntry[],
): Promise<FileImage & { earlierWal: Buffer; lock: Buffer }> {
  const path = join(tempFolder(), 'cache.sqlite');
  const database = new Database({ type: 'sqlite', path, busyTimeoutMs: 5_000 });
  const repository = new CacheEntryRepository(database);
  await database.open();
  await Promise.all(inFile.map((entry) => repository.put(entry)));
  const earlierWal = contentOf(`${path}-wal`);
  await database.reclaim();
  for (const group of inChunks(inLog)) await Promise.all(group.map((entry) => repository.put(entry)));
  const image = {
    main: contentOf(path),
    wal: contentOf(`${path}-wal`),
    lock: contentOf(`${path}-lock`),
    earlierWal,
  };
  await database.close();
  return image;
}

/** By another process: to close a file here would take SQLite's locks on it away. */
function contentOf(path: string): Buffer {
  return execFileSync('cat', [path], { maxBuffer: 64 * 1024 * 1024 });
}

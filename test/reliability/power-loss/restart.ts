import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ResolvedSqliteOptions } from '../../../src/common/options.js';
import { Database } from '../../../src/storage/database.js';
import { type EntryLookup } from '../../../src/storage/entries/entry.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { isIntact } from '../support/intact.js';
import { type Remains } from './disk.js';
import { SEQUENCE_KEY, SLOT_KEYS, slotsAfter } from './history.js';

/** What the module makes of what a power cut left. */
export type Finding =
  | { readonly kind: 'prefix'; /** The last transaction that is there. */ readonly sequence: number }
  /** SQLite found fault with the file, or the module put it aside. */
  | { readonly kind: 'corrupt' }
  /** What is there is not what the transactions up to any one of them left. */
  | { readonly kind: 'wrong' };

const CORRUPT: Finding = { kind: 'corrupt' };
const WRONG: Finding = { kind: 'wrong' };

/** Opens with the module what a power cut left of the file `name` and its companions, in a folder below `folder`. */
export async function restart(
  type: ResolvedSqliteOptions['type'],
  remains: Remains,
  folder: string,
  name: string,
): Promise<Finding> {
  const place = mkdtempSync(join(folder, 'state-'));
  for (const [file, bytes] of remains) writeFileSync(join(place, file), bytes);
  const database = new Database({ type, path: join(place, name), busyTimeoutMs: 5_000 });
  await database.open();
  try {
    const isWhole = database.state.kind === 'open' && (await isIntact(database));
    const finding = isWhole ? await compare(new CacheEntryRepository(database)) : CORRUPT;
    return hasStrangers(place, name) ? CORRUPT : finding;
  } finally {
    await database.close();
    rmSync(place, { recursive: true });
  }
}

/** A module that sets a file aside, and begins anew, would hide that the file was not to be used. */
function hasStrangers(folder: string, name: string): boolean {
  const known = [name, `${name}-wal`, `${name}-shm`, `${name}-journal`, `${name}-lock`];
  return readdirSync(folder).some((file) => !known.includes(file));
}

async function compare(entries: CacheEntryRepository): Promise<Finding> {
  const sequence = Number((await textOf(entries, SEQUENCE_KEY)) ?? 0);
  const expected = slotsAfter(sequence);
  const found = await Promise.all(SLOT_KEYS.map((key) => textOf(entries, key)));
  const isPrefix = SLOT_KEYS.every((key, slot) => expected.get(key) === found[slot]);
  return isPrefix ? { kind: 'prefix', sequence } : WRONG;
}

/** `undefined` where there is nothing; an entry whose checksum does not match is told from that. */
async function textOf(entries: CacheEntryRepository, key: string): Promise<string | undefined> {
  const found: EntryLookup = await entries.find(key);
  if (found === 'absent') return undefined;
  return found === 'damaged' ? 'damaged' : found.bytes.toString();
}

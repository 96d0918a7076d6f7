import { MoreThan } from 'typeorm';
import { type Database } from '../database.js';
import { CacheEntry } from '../entities/cache-entry.entity.js';
import { EntryReader } from '../entries/entry-reader.js';
import { type StoredEntry } from '../entries/entry.js';
import { noCipher } from '../entries/payload-cipher.js';

/** An entry as it stands in the store, sealed where it was sealed; `undefined` when its checksum does not match. */
export interface ScannedEntry {
  readonly key: string;
  readonly entry: StoredEntry | undefined;
  readonly hitCount: number;
  /** Epoch milliseconds. */
  readonly lastAccessed: number;
}

type KeyRow = Pick<CacheEntry, 'cacheKey' | 'byteSize' | 'hitCount' | 'lastAccessed'>;

const KEYS_A_PAGE = 256;

/** Payloads held in memory at once, in bytes; a single larger one is as well. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/**
 * Walks through all entries in the order of their keys, payloads included, and checks every checksum. Changes nothing:
 * one that is damaged is told, not removed.
 */
export class EntryScan {
  private readonly reader: EntryReader;

  constructor(private readonly database: Database) {
    this.reader = new EntryReader(database, noCipher, () => undefined);
  }

  /** Entries that are stored or removed meanwhile may be there or not. */
  async *entries(): AsyncGenerator<ScannedEntry> {
    for (let page = await this.page(); page.length > 0; page = await this.page(page.at(-1)!.cacheKey)) {
      for (const group of inGroups(page)) yield* await this.lookUp(group);
    }
  }

  /** One entry; `undefined` when it is not there. */
  async find(key: string): Promise<Pick<ScannedEntry, 'key' | 'entry'> | undefined> {
    const found = await this.reader.find(key);
    return found === 'absent' ? undefined : { key, entry: found === 'damaged' ? undefined : found };
  }

  private page(after?: string): Promise<KeyRow[]> {
    return this.database.read((manager) =>
      manager.find(CacheEntry, {
        select: { cacheKey: true, byteSize: true, hitCount: true, lastAccessed: true },
        where: after === undefined ? {} : { cacheKey: MoreThan(after) },
        order: { cacheKey: 'ASC' },
        take: KEYS_A_PAGE,
      }),
    );
  }

  private async lookUp(rows: readonly KeyRow[]): Promise<ScannedEntry[]> {
    const found = await Promise.all(rows.map(({ cacheKey }) => this.find(cacheKey)));
    return rows.flatMap(({ hitCount, lastAccessed }, index) => {
      const entry = found[index];
      return entry === undefined ? [] : [{ ...entry, hitCount, lastAccessed }];
    });
  }
}

function inGroups(rows: readonly KeyRow[]): KeyRow[][] {
  const groups: KeyRow[][] = [];
  let bytes = Infinity;
  for (const row of rows) {
    bytes += row.byteSize;
    if (bytes > BYTES_AT_ONCE) {
      groups.push([]);
      bytes = row.byteSize;
    }
    groups.at(-1)!.push(row);
  }
  return groups;
}

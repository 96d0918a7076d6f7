import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';
import { type EntryPut } from '../entry-put.js';
import { EntryReader } from '../entry-reader.js';
import { type EntryLookup, type HitCount, type StoredEntry } from '../entry.js';
import { noteInvalidation } from '../note-invalidations.js';
import { SharedPut } from '../shared-put.js';
import { type SqlConnection, type SqlValue } from '../sql-connection.js';
import {
  COUNTS,
  EVICT_CANDIDATES,
  LIVE_COMPANIES,
  RECORD_HITS,
  REMOVE_DAMAGED,
  REMOVE_EXPIRED,
  REMOVE_IF_EXPIRED,
  REMOVE_KEYS,
  removeText,
} from './cache-entry.sql.js';

/** How many entries there are. */
export interface EntryCounts {
  readonly totalEntries: number;
  /** `now < expiresAt`. */
  readonly activeEntries: number;
  /** Expired and not yet removed; some may still be in their grace. */
  readonly expiredEntries: number;
  /** Bytes of all payloads. */
  readonly totalBytes: number;
}

/** Told the keys of removed entries, batch by batch, shortly before their removal is committed. */
export type OnRemoved = (keys: readonly string[]) => void;

const ignore: OnRemoved = () => {};

/** Rows touched by one statement of a removal; between two of them the event loop turns. */
const REMOVE_STEP = 500;

/** The cached answers: rows, payloads and tags together. Times are epoch milliseconds. */
export class CacheEntryRepository {
  private readonly reader: EntryReader;
  private readonly sharedPut: SharedPut;

  constructor(private readonly database: Database) {
    this.sharedPut = new SharedPut(database);
    this.reader = new EntryReader(database, (row) => {
      // Nobody waits for it: if it fails, the next lookup finds the row damaged again.
      database
        .write((_manager, sql) => sql.run(REMOVE_DAMAGED, [JSON.stringify(row)]))
        .catch(() => undefined);
    });
  }

  /** The entry as stored, expired ones included. `'damaged'`: its removal has been queued. */
  find(key: string): Promise<EntryLookup> {
    return this.reader.find(key);
  }

  /**
   * Stores or replaces an entry; resolves after the commit. The hit count of a replaced one stays.
   * @param knowing of what a load brought: the newest invalidation that this process knew of when the load began.
   * @returns `false` when another process dropped or set the entry since: then it is not stored.
   */
  async put(entry: StoredEntry, knowing?: number): Promise<boolean> {
    const put: EntryPut = { entry, knowing, overtaken: false };
    await this.database.enqueue(this.sharedPut, put, entry.bytes.length);
    return !put.overtaken;
  }

  /**
   * Removes what the selector selects, in one transaction, expired entries included, and tells the other processes;
   * returns how many there were.
   */
  async remove(selector: EntrySelector, onRemoved: OnRemoved = ignore): Promise<number> {
    const { text, parameters } = removeText(selector);
    return this.database.write(async (_manager, sql) => {
      await noteInvalidation(sql, this.database, selector);
      let removed = 0;
      for (let step = REMOVE_STEP; step === REMOVE_STEP; removed += step) {
        step = await removeReporting(sql, text, [...parameters, REMOVE_STEP], onRemoved);
      }
      return removed;
    });
  }

  /** Removes at most `limit` entries whose grace is over at `now`, the longest expired first; returns how many. */
  removeExpired(now: number, limit: number, onRemoved: OnRemoved = ignore): Promise<number> {
    return this.database.write((_manager, sql) =>
      removeReporting(sql, REMOVE_EXPIRED, [now, now, limit], onRemoved),
    );
  }

  /** Removes one entry, provided its grace is over at `now`; returns whether it went. */
  async removeIfExpired(key: string, now: number): Promise<boolean> {
    return (await this.database.write((_manager, sql) => sql.run(REMOVE_IF_EXPIRED, [key, now]))) > 0;
  }

  /** Removes the entries unused for longest until `bytesToFree` payload bytes are freed, at most `limit` of them. */
  evictLeastRecentlyUsed(
    bytesToFree: number,
    limit: number,
    onRemoved: OnRemoved = ignore,
  ): Promise<{ entries: number; bytes: number }> {
    return this.database.write(async (_manager, sql) => {
      const candidates = await sql.all<{ cache_key: string; byte_size: number }>(EVICT_CANDIDATES, [limit]);
      const chosen: string[] = [];
      let bytes = 0;
      for (const { cache_key, byte_size } of candidates) {
        if (bytes >= bytesToFree) break;
        chosen.push(cache_key);
        bytes += byte_size;
      }
      onRemoved(chosen);
      return { entries: await sql.run(REMOVE_KEYS, [JSON.stringify(chosen)]), bytes };
    });
  }

  /** Adds the hits and moves `lastAccessed` forward, all in one statement; keys that are gone are passed over. */
  async recordHits(hits: readonly HitCount[]): Promise<void> {
    if (hits.length === 0) return;
    await this.database.write((_manager, sql) => sql.run(RECORD_HITS, [JSON.stringify(hits)]));
  }

  /** From the counters and an index over the expired; never a scan of all entries. */
  counts(now: number): Promise<EntryCounts> {
    return this.database.read(async (_manager, sql) => {
      const [row] = await sql.all<{ entries: number; bytes: number; expired: number }>(COUNTS, [now]);
      const { entries, bytes, expired } = row!;
      return {
        totalEntries: entries,
        activeEntries: entries - expired,
        expiredEntries: expired,
        totalBytes: bytes,
      };
    });
  }

  /** The companies with an entry that may still be served at `now`, in grace included. */
  async liveCompanyIds(now: number): Promise<string[]> {
    const rows = await this.database.read((_manager, sql) =>
      sql.all<{ company_id: string }>(LIVE_COMPANIES, [now]),
    );
    return rows.map((row) => row.company_id);
  }
}

async function removeReporting(
  sql: SqlConnection,
  text: string,
  parameters: readonly SqlValue[],
  onRemoved: OnRemoved,
): Promise<number> {
  const rows = await sql.all<{ cache_key: string }>(text, parameters);
  onRemoved(rows.map((row) => row.cache_key));
  return rows.length;
}

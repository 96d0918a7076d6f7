import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';
import { chooseSurplus, type EvictionBounds } from '../entries/choose-surplus.js';
import { countHits } from '../entries/count-hits.js';
import { type EntryPut } from '../entries/entry-put.js';
import { type DamagedRow, EntryReader } from '../entries/entry-reader.js';
import { type EntryLookup, type HitCount, type StoredEntry } from '../entries/entry.js';
import { ignoreRemoved, type OnRemoved, type Removal, removeReporting } from '../entries/remove-entries.js';
import { noCipher, type PayloadCipher } from '../entries/payload-cipher.js';
import { SharedPut } from '../sharing/shared-put.js';
import { SharedRemoval } from '../sharing/shared-removal.js';
import {
  COUNTS,
  LIVE_COMPANIES,
  REMOVE_DAMAGED,
  REMOVE_EXPIRED,
  REMOVE_IF_EXPIRED,
  REMOVE_KEYS,
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

/** The cached answers: rows, payloads and tags together. Times are epoch milliseconds. */
export class CacheEntryRepository {
  private readonly reader: EntryReader;
  private readonly sharedPut: SharedPut;
  private readonly removals: SharedRemoval;

  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher = noCipher,
  ) {
    this.sharedPut = new SharedPut(database);
    this.removals = new SharedRemoval(database);
    this.reader = new EntryReader(database, cipher, (row) => this.removeDamaged(row));
  }

  /** The entry as it was put, expired ones included. `'damaged'`: its removal has been queued. */
  find(key: string): Promise<EntryLookup> {
    return this.reader.find(key);
  }

  /**
   * Stores or replaces an entry; resolves after the commit. The hit count of a replaced one stays.
   * @param knowing of what a load brought: the newest invalidation that this process knew of when the load began.
   * @returns `false` when another process dropped or set the entry since: then it is not stored.
   */
  async put(entry: StoredEntry, knowing?: number): Promise<boolean> {
    const put: EntryPut = { entry: this.cipher.seal(entry), knowing, overtaken: false };
    await this.database.enqueue(this.sharedPut, put, put.entry.bytes.length);
    return !put.overtaken;
  }

  /**
   * Removes what the selector selects, in one transaction, expired entries included, and tells the other processes;
   * returns how many there were.
   */
  async remove(selector: EntrySelector, onRemoved: OnRemoved = ignoreRemoved): Promise<number> {
    return this.database.surely(async () => {
      const removal: Removal = { selector, onRemoved, removed: 0 };
      await this.database.enqueue(this.removals, removal);
      return removal.removed;
    });
  }

  /** Removes at most `limit` entries whose grace is over at `now`, the longest expired first; returns how many. */
  removeExpired(now: number, limit: number, onRemoved: OnRemoved = ignoreRemoved): Promise<number> {
    return this.database.write((_manager, sql) =>
      removeReporting(sql, REMOVE_EXPIRED, [now, now, limit], onRemoved),
    );
  }

  /** Removes one entry, provided its grace is over at `now`; returns whether it went. */
  async removeIfExpired(key: string, now: number): Promise<boolean> {
    return (await this.database.write((_manager, sql) => sql.run(REMOVE_IF_EXPIRED, [key, now]))) > 0;
  }

  /**
   * Removes at most `limit` entries, and no more than needed, where all together are heavier than `maxBytes`: those of
   * a company that is heavier than `maxCompanyBytes`, else of all; never hit before hit, the least recently used
   * first. Goes before the writes that wait, or it would always be behind them. @returns how many; 0 when nothing is
   * too heavy.
   */
  evictSurplus(bounds: EvictionBounds, limit: number, onRemoved: OnRemoved = ignoreRemoved): Promise<number> {
    return this.database.writeAhead(async (_manager, sql) => {
      const chosen = await chooseSurplus(sql, bounds, limit);
      if (chosen.length === 0) return 0;
      onRemoved(chosen);
      return sql.run(REMOVE_KEYS, [JSON.stringify(chosen)]);
    });
  }

  /** Adds the hits and moves `lastAccessed` forward, all in one statement; keys that are gone are passed over. */
  async recordHits(hits: readonly HitCount[]): Promise<void> {
    if (hits.length === 0) return;
    await this.database.enqueue(countHits, hits);
  }

  /** From the counters and an index over the expired; never a scan of all entries. */
  counts(now: number): Promise<EntryCounts> {
    return this.database.survey(async (_manager, sql) => {
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

  /** Nobody waits for it: if it fails, the next lookup finds the row damaged again. */
  private removeDamaged(row: DamagedRow): void {
    this.database
      .write((_manager, sql) => sql.run(REMOVE_DAMAGED, [JSON.stringify([row])]))
      .catch(() => undefined);
  }
}

export type { OnRemoved };

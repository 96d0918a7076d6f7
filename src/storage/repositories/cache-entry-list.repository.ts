import { type EntrySelector } from '../../common/entry-selector.js';
import { type Database } from '../database.js';
import { type SqlValue } from '../sql/sql-connection.js';
import {
  type EntrySort,
  LISTED_ENTRY,
  type ListedRow,
  listText,
  SIZES_BY_COMPANY,
  SIZES_BY_TYPE,
  STORED_AT,
  SUM,
} from './cache-entry-list.sql.js';

/** What a list shows of an entry: all but its bytes. Times are epoch milliseconds. */
export interface ListedEntry {
  readonly key: string;
  readonly type: string;
  readonly companyId: string | null;
  /** The user whose entry it is; `null`: shared. */
  readonly username: string | null;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly graceUntil: number;
  /** Milliseconds the source took. */
  readonly loadMs: number;
  readonly byteSize: number;
  readonly hits: number;
  readonly lastAccessedAt: number;
}

/** Which entries a list has: those that meet all conditions. */
export interface EntryFilter extends Omit<EntrySelector, 'storedUpTo'> {
  /** Part of the key; ASCII letters match in both cases. */
  readonly text?: string;
}

export interface EntryListQuery extends EntryFilter {
  readonly sort: EntrySort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** Where the page before ended: the sorted value and the key of its last entry. */
  readonly after?: readonly [number | string, string];
}

/** What a type or company holds. */
export interface HeldEntries {
  readonly entries: number;
  readonly bytes: number;
}

/** What the entries of a type are, together. */
export interface HeldByType extends HeldEntries {
  readonly hits: number;
  readonly longestTtlMs: number;
}

/** The entries as people and tools look at them: page by page, sorted, and summed up. Never touches a payload. */
export class CacheEntryListRepository {
  constructor(private readonly database: Database) {}

  /** Looks at every row, however few it lists. */
  async list(query: EntryListQuery): Promise<ListedEntry[]> {
    const text = listText(query.sort, query.order);
    const rows = await this.database.survey((_manager, sql) => sql.all<ListedRow>(text, toParameters(query)));
    return rows.map(toListedEntry);
  }

  async find(key: string): Promise<ListedEntry | undefined> {
    const [row] = await this.database.survey((_manager, sql) => sql.all<ListedRow>(LISTED_ENTRY, [key]));
    return row && toListedEntry(row);
  }

  /** How many entries meet all conditions, expired ones included, and the bytes of their payloads. Reads every row. */
  async sum(filter: EntryFilter): Promise<HeldEntries> {
    const [row] = await this.database.survey((_manager, sql) =>
      sql.all<{ entries: number; bytes: number }>(SUM, toConditions(filter)),
    );
    return { entries: Number(row!.entries), bytes: Number(row!.bytes) };
  }

  /** When the entries of these keys were stored, in epoch milliseconds; without those that are not there. */
  async storedAt(keys: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.survey((_manager, sql) =>
      sql.all<{ cache_key: string; created_at: number }>(STORED_AT, [JSON.stringify(keys)]),
    );
    return new Map(rows.map(({ cache_key, created_at }) => [cache_key, Number(created_at)]));
  }

  /** What each type holds. Reads every row. */
  async sizesByType(): Promise<Map<string, HeldByType>> {
    const rows = await this.database.survey((_manager, sql) => sql.all<TypeRow>(SIZES_BY_TYPE));
    return new Map(rows.map((row) => [row.cache_type, toHeldByType(row)]));
  }

  /** What each company holds, from counters. */
  async sizesByCompany(): Promise<Map<string, HeldEntries>> {
    const rows = await this.database.survey((_manager, sql) =>
      sql.all<{ company_id: string; entries: number; bytes: number }>(SIZES_BY_COMPANY),
    );
    return new Map(
      rows.map(({ company_id, entries, bytes }) => [
        company_id,
        { entries: Number(entries), bytes: Number(bytes) },
      ]),
    );
  }
}

interface TypeRow {
  readonly cache_type: string;
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly longest_ttl_ms: number;
}

function toHeldByType({ entries, bytes, hits, longest_ttl_ms }: TypeRow): HeldByType {
  return {
    entries: Number(entries),
    bytes: Number(bytes),
    hits: Number(hits),
    longestTtlMs: Number(longest_ttl_ms),
  };
}

function toParameters(query: EntryListQuery): SqlValue[] {
  const [value, key] = query.after ?? [null, null];
  return [...toConditions(query), key, value, key, query.limit];
}

function toConditions({ key, type, companyId, username, tags, text }: EntryFilter): SqlValue[] {
  const tagList = tags && JSON.stringify(tags);
  const pattern = text && `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  const given = [key, type, companyId, username, tagList, pattern];
  return given.flatMap((condition) => [condition ?? null, condition ?? null]);
}

function toListedEntry(row: ListedRow): ListedEntry {
  return {
    key: row.cache_key,
    type: row.cache_type,
    companyId: row.company_id,
    username: row.username,
    tags: readTags(row.tags),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    graceUntil: Number(row.grace_until),
    loadMs: row.load_ms,
    byteSize: Number(row.byte_size),
    hits: Number(row.hit_count),
    lastAccessedAt: Number(row.last_accessed),
  };
}

/** Unreadable tags are none: a damaged row must not take the list down. */
function readTags(text: string): readonly string[] {
  try {
    const tags: unknown = JSON.parse(text);
    return Array.isArray(tags) ? tags.map(String) : [];
  } catch {
    return [];
  }
}

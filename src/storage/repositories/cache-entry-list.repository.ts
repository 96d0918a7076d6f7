import { type Database } from '../database.js';
import { type SqlValue } from '../sql/sql-connection.js';
import {
  type EntrySort,
  LISTED_ENTRY,
  type ListedRow,
  listText,
  SIZES_BY_COMPANY,
  SIZES_BY_TYPE,
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

export interface EntryListQuery {
  readonly type?: string;
  readonly companyId?: string;
  readonly tag?: string;
  /** Part of the key; ASCII letters match in both cases. */
  readonly text?: string;
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

/** The entries as people look at them: page by page, sorted. Never touches a payload. */
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

  /** What each type holds, and its longest TTL. Reads every row. */
  async sizesByType(): Promise<Map<string, HeldEntries & { readonly longestTtlMs: number }>> {
    const rows = await this.database.survey((_manager, sql) =>
      sql.all<{ cache_type: string; entries: number; bytes: number; longest_ttl_ms: number }>(SIZES_BY_TYPE),
    );
    return new Map(
      rows.map(({ cache_type, entries, bytes, longest_ttl_ms }) => [
        cache_type,
        { entries: Number(entries), bytes: Number(bytes), longestTtlMs: Number(longest_ttl_ms) },
      ]),
    );
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

function toParameters(query: EntryListQuery): SqlValue[] {
  const { type = null, companyId = null, tag = null, text, after, limit } = query;
  const pattern = text === undefined ? null : `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  const [value, key] = after ?? [null, null];
  const conditions = [type, companyId, tag, pattern].flatMap((condition) => [condition, condition]);
  return [...conditions, key, value, key, limit];
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

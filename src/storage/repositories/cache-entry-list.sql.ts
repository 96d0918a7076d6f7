/** What entries can be sorted by. */
export const ENTRY_SORTS = {
  key: 'cache_key',
  created: 'created_at',
  expires: 'expires_at',
  size: 'byte_size',
  hits: 'hit_count',
  accessed: 'last_accessed',
} as const;

export type EntrySort = keyof typeof ENTRY_SORTS;

export interface ListedRow {
  readonly cache_key: string;
  readonly cache_type: string;
  readonly company_id: string | null;
  readonly username: string | null;
  readonly tags: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly grace_until: number;
  readonly load_ms: number;
  readonly byte_size: number;
  readonly hit_count: number;
  readonly last_accessed: number;
}

const COLUMNS = `cache_key, cache_type, company_id, username, tags, created_at, expires_at, grace_until, load_ms,
  byte_size, hit_count, last_accessed`;

/**
 * A page of entries that meet every condition that is not null, after the one given by its sorted value and key. Each
 * condition stands in every text, so that there are twelve texts to prepare and not hundreds; the rows, which are
 * narrow, are all looked at. Parameters: type twice, company twice, tag twice, pattern twice, cursor three times, limit.
 */
export function listText(sort: EntrySort, order: 'asc' | 'desc'): string {
  const column = ENTRY_SORTS[sort];
  const comes = order === 'asc' ? '>' : '<';
  return `
    SELECT ${COLUMNS} FROM cache_entries
    WHERE (CAST(? AS text) IS NULL OR cache_type = ?)
      AND (CAST(? AS text) IS NULL OR company_id = ?)
      AND (CAST(? AS text) IS NULL OR cache_key IN (SELECT t.cache_key FROM cache_entry_tags AS t WHERE t.tag = ?))
      AND (CAST(? AS text) IS NULL OR LOWER(cache_key) LIKE ? ESCAPE '!')
      AND (CAST(? AS text) IS NULL OR (${column}, cache_key) ${comes} (?, ?))
    ORDER BY ${column} ${order}, cache_key ${order} LIMIT ?`;
}

export const LISTED_ENTRY = `SELECT ${COLUMNS} FROM cache_entries WHERE cache_key = ?`;

export const SIZES_BY_TYPE = `
  SELECT cache_type, COUNT(*) AS entries, SUM(byte_size) AS bytes, MAX(expires_at - created_at) AS longest_ttl_ms
  FROM cache_entries GROUP BY cache_type`;

export const SIZES_BY_COMPANY = 'SELECT company_id, entries, bytes FROM cache_company_sizes';

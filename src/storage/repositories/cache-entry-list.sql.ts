import { type Dialect, inEachDialect, type SqlText } from '../sql/dialect.js';

/** What entries can be sorted by. */
export const ENTRY_SORTS = {
  created: 'created_at',
  accessed: 'last_accessed',
  expires: 'expires_at',
  hits: 'hit_count',
  size: 'byte_size',
  load: 'load_ms',
  key: 'cache_key',
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
 * Each condition stands in every text, and holds where its parameter is null: so there are a few texts to prepare, and
 * not hundreds. Parameters: key, type, company, user, tags and pattern, each twice.
 */
function conditions({ texts }: Dialect): string {
  return `(CAST(? AS text) IS NULL OR cache_key = ?)
      AND (CAST(? AS text) IS NULL OR cache_type = ?)
      AND (CAST(? AS text) IS NULL OR company_id = ?)
      AND (CAST(? AS text) IS NULL OR username = ?)
      AND (CAST(? AS text) IS NULL
           OR cache_key IN (SELECT t.cache_key FROM cache_entry_tags AS t WHERE t.tag IN (${texts})))
      AND (CAST(? AS text) IS NULL OR LOWER(cache_key) LIKE ? ESCAPE '!')`;
}

/**
 * A page of entries that meet all conditions, after the one given by its sorted value and key. The rows, which are
 * narrow, are all looked at. Parameters: those of the conditions, cursor three times, limit.
 */
export function listText(sort: EntrySort, order: 'asc' | 'desc'): SqlText {
  const column = ENTRY_SORTS[sort];
  const comes = order === 'asc' ? '>' : '<';
  return inEachDialect(
    (dialect) => `
    SELECT ${COLUMNS} FROM cache_entries
    WHERE ${conditions(dialect)}
      AND (CAST(? AS text) IS NULL OR (${column}, cache_key) ${comes} (?, ?))
    ORDER BY ${column} ${order}, cache_key ${order} LIMIT ?`,
  );
}

/** Parameters: those of the conditions. */
export const SUM = inEachDialect(
  (dialect) => `
  SELECT COUNT(*) AS entries, COALESCE(SUM(byte_size), 0) AS bytes FROM cache_entries
  WHERE ${conditions(dialect)}`,
);

export const STORED_AT = inEachDialect(
  ({ texts }) => `SELECT cache_key, created_at FROM cache_entries WHERE cache_key IN (${texts})`,
);

export const LISTED_ENTRY = `SELECT ${COLUMNS} FROM cache_entries WHERE cache_key = ?`;

export const SIZES_BY_TYPE = `
  SELECT cache_type, COUNT(*) AS entries, SUM(byte_size) AS bytes, SUM(hit_count) AS hits,
         MAX(expires_at - created_at) AS longest_ttl_ms
  FROM cache_entries GROUP BY cache_type`;

export const SIZES_BY_COMPANY = 'SELECT company_id, entries, bytes FROM cache_company_sizes';

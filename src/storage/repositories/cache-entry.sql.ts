import { inEachDialect, type SqlText } from '../sql/dialect.js';

// Lists are bound as one JSON text, so that each statement is prepared once, whatever their length.

export const REMOVE_KEYS = inEachDialect(
  ({ texts, skipLocked }) => `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT cache_key FROM cache_entries WHERE cache_key IN (${texts}) ${skipLocked})`,
);

/** By the index on `expires_at`: an index on `grace_until` would cost every write and spare this a few rows. */
export const REMOVE_EXPIRED = inEachDialect(
  ({ skipLocked }) => `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT cache_key FROM cache_entries WHERE expires_at <= ? AND grace_until <= ?
    ORDER BY expires_at LIMIT ? ${skipLocked})
  RETURNING cache_key`,
);

/** Removes a damaged row unless it has been replaced since it was read. */
export const REMOVE_DAMAGED: SqlText = {
  sqlite: removeDamaged({
    each: 'json_each(?) AS seen',
    createdAt: `json_extract(seen.value, '$.createdAt')`,
    checksum: `json_extract(seen.value, '$.checksum')`,
  }),
  postgres: removeDamaged({
    each: 'json_array_elements(CAST(? AS json)) AS seen(value)',
    createdAt: `CAST(seen.value ->> 'createdAt' AS bigint)`,
    checksum: `CAST(seen.value ->> 'checksum' AS bigint)`,
  }),
};

// Without a cast on SQLite: what damage has made of a number may not be one any more.
function removeDamaged(seen: Record<'each' | 'createdAt' | 'checksum', string>): string {
  return `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT e.cache_key
    FROM ${seen.each}
    JOIN cache_entries AS e ON e.cache_key = seen.value ->> 'key'
    LEFT JOIN cache_payloads AS p ON p.cache_key = e.cache_key
    WHERE e.created_at IS NOT DISTINCT FROM ${seen.createdAt}
      AND p.checksum IS NOT DISTINCT FROM ${seen.checksum})`;
}

/** What an entry takes of the file beside its payload: its row, tags, and keys in the indexes. A mean of long keys. */
export const ENTRY_OVERHEAD_BYTES = 1_024;

/**
 * Whether this transaction alone makes room: those of several instances at once would each remove what all have too
 * much. The first number is that of all our advisory locks, the second is the table's.
 */
export const TAKE_EVICTION: SqlText = {
  sqlite: 'SELECT 1 AS taken',
  postgres: `
  SELECT pg_try_advisory_xact_lock(1380147505, CAST(CAST(tableoid AS bigint) % 2147483647 AS integer)) AS taken
  FROM cache_entries LIMIT 1`,
};

/** How many entries there are, and by how much all together are heavier than the parameter. */
export const SURPLUS = `
  SELECT SUM(CASE name WHEN 'entries' THEN value * ${ENTRY_OVERHEAD_BYTES} ELSE value END) - CAST(? AS double precision) AS bytes,
         SUM(CASE name WHEN 'entries' THEN value END) AS entries
  FROM cache_counters WHERE name IN ('entries', 'bytes')`;

/** The company that is heavier than the parameter by most. */
export const CROWDING_COMPANY = `
  SELECT company_id, surplus
  FROM (SELECT company_id, bytes + entries * ${ENTRY_OVERHEAD_BYTES} - CAST(? AS double precision) AS surplus
        FROM cache_company_sizes) AS companies
  WHERE surplus > 0 ORDER BY surplus DESC LIMIT 1`;

/**
 * Of the oldest entries those that were never hit go first, so that a flood of keys that nobody asks for twice leaves
 * hot ones alone. Of so many only: entries that were hit once, long ago, collect at the old end and must go some day.
 */
const OLDEST = 4_000;

/** The oldest of all. Sorts the whole table. */
export const EVICT_CANDIDATES = neverHitFirst(
  `SELECT * FROM cache_entries ORDER BY last_accessed LIMIT ${OLDEST}`,
);

/** Of those of one company that were stored first, or end first: its index has them in this order. */
export const EVICT_CANDIDATES_OF_COMPANY: SqlText = {
  sqlite: neverHitFirst(`SELECT * FROM cache_entries WHERE company_id = ? ORDER BY rowid LIMIT ${OLDEST}`),
  postgres: neverHitFirst(
    `SELECT * FROM cache_entries WHERE company_id = ? ORDER BY expires_at LIMIT ${OLDEST}`,
  ),
};

/**
 * Of about 5,000 entries: 50 times 100 neighbours, from anywhere in the table; PostgreSQL has a way of its own, which
 * takes whole pages of the table until about the given share of it is read.
 * @see https://www.postgresql.org/docs/current/sql-select.html#SQL-FROM (TABLESAMPLE)
 */
export const EVICT_CANDIDATES_OF_SAMPLE: SqlText = {
  sqlite: neverHitFirst(`
  WITH RECURSIVE
    bounds(lowest, width) AS (SELECT MIN(rowid), MAX(rowid) - MIN(rowid) + 1 FROM cache_entries),
    place(number, id) AS (
      SELECT 1, lowest FROM bounds
      UNION ALL
      SELECT number + 1, lowest + ABS(RANDOM() % width) FROM place, bounds WHERE number < 50)
  SELECT DISTINCT e.*
  FROM place JOIN cache_entries AS e
    ON e.rowid IN (SELECT n.rowid FROM cache_entries AS n WHERE n.rowid >= place.id ORDER BY n.rowid LIMIT 100)`),
  postgres: neverHitFirst(
    "SELECT * FROM cache_entries TABLESAMPLE SYSTEM ((SELECT LEAST(100, 500000.0 / GREATEST(value, 1)) FROM cache_counters WHERE name = 'entries'))",
  ),
};

function neverHitFirst(entries: string): string {
  return `SELECT cache_key, byte_size FROM (${entries}) AS candidates ORDER BY hit_count > 0, last_accessed LIMIT ?`;
}

export const COUNTS = `
  SELECT (SELECT value FROM cache_counters WHERE name = 'entries') AS entries,
         (SELECT value FROM cache_counters WHERE name = 'bytes') AS bytes,
         (SELECT COUNT(*) FROM cache_entries WHERE expires_at <= ?) AS expired`;

/** Jumps from company to company in the index, instead of a DISTINCT that reads every entry. */
export const LIVE_COMPANIES = `
  WITH RECURSIVE company(id) AS (
    SELECT MIN(company_id) FROM cache_entries
    UNION ALL
    SELECT (SELECT MIN(e.company_id) FROM cache_entries AS e WHERE e.company_id > company.id)
    FROM company WHERE company.id IS NOT NULL
  )
  SELECT id AS company_id FROM company
  WHERE id IS NOT NULL
    AND EXISTS (SELECT 1 FROM cache_entries AS e WHERE e.company_id = company.id AND e.grace_until > ?)`;

export const REMOVE_IF_EXPIRED = `DELETE FROM cache_entries WHERE cache_key = ? AND grace_until <= ?`;

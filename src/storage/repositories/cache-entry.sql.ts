import { type EntrySelector } from '../../common/entry-selector.js';
import { type SqlValue } from '../sql-connection.js';

// Lists are bound as one JSON text, so that each statement is prepared once, whatever their length.

export const REMOVE_KEYS = 'DELETE FROM cache_entries WHERE cache_key IN (SELECT value FROM json_each(?))';

/** By the index on `expires_at`: an index on `grace_until` would cost every write and spare this a few rows. */
export const REMOVE_EXPIRED = `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT cache_key FROM cache_entries WHERE expires_at <= ? AND grace_until <= ? ORDER BY expires_at LIMIT ?)
  RETURNING cache_key`;

/** Removes a damaged row unless it has been replaced since it was read. */
export const REMOVE_DAMAGED = `
  DELETE FROM cache_entries WHERE cache_key IN (
    SELECT e.cache_key
    FROM (SELECT ? AS seen) AS damaged
    JOIN cache_entries AS e ON e.cache_key = json_extract(damaged.seen, '$.key')
    LEFT JOIN cache_payloads AS p ON p.cache_key = e.cache_key
    WHERE e.created_at IS json_extract(damaged.seen, '$.createdAt')
      AND p.checksum IS json_extract(damaged.seen, '$.checksum'))`;

/** What an entry takes of the file beside its payload: its row, tags, and keys in the indexes. A mean of long keys. */
export const ENTRY_OVERHEAD_BYTES = 1_024;

/** How many entries there are, and by how much all together are heavier than the parameter. */
export const SURPLUS = `
  SELECT SUM(CASE name WHEN 'entries' THEN value * ${ENTRY_OVERHEAD_BYTES} ELSE value END) - ? AS bytes,
         SUM(CASE name WHEN 'entries' THEN value END) AS entries
  FROM cache_counters WHERE name IN ('entries', 'bytes')`;

/** The company that is heavier than the parameter by most. */
export const CROWDING_COMPANY = `
  SELECT company_id, bytes + entries * ${ENTRY_OVERHEAD_BYTES} - ? AS surplus
  FROM cache_company_sizes WHERE surplus > 0 ORDER BY surplus DESC LIMIT 1`;

/**
 * Of the oldest entries those that were never hit go first, so that a flood of keys that nobody asks for twice leaves
 * hot ones alone. Of so many only: entries that were hit once, long ago, collect at the old end and must go some day.
 */
const OLDEST = 4_000;

/** The oldest of all. Sorts the whole table. */
export const EVICT_CANDIDATES = neverHitFirst(
  `SELECT * FROM cache_entries ORDER BY last_accessed LIMIT ${OLDEST}`,
);

/** Of those of one company that were stored first: its index has them in this order. */
export const EVICT_CANDIDATES_OF_COMPANY = neverHitFirst(
  `SELECT * FROM cache_entries WHERE company_id = ? ORDER BY rowid LIMIT ${OLDEST}`,
);

/** Of 5,000 entries: 50 times 100 neighbours, from anywhere in the table. */
export const EVICT_CANDIDATES_OF_SAMPLE = neverHitFirst(`
  WITH RECURSIVE
    bounds(lowest, width) AS (SELECT MIN(rowid), MAX(rowid) - MIN(rowid) + 1 FROM cache_entries),
    place(number, id) AS (
      SELECT 1, lowest FROM bounds
      UNION ALL
      SELECT number + 1, lowest + ABS(RANDOM() % width) FROM place, bounds WHERE number < 50)
  SELECT DISTINCT e.*
  FROM place JOIN cache_entries AS e
    ON e.rowid IN (SELECT n.rowid FROM cache_entries AS n WHERE n.rowid >= place.id ORDER BY n.rowid LIMIT 100)`);

function neverHitFirst(entries: string): string {
  return `SELECT cache_key, byte_size FROM (${entries}) ORDER BY hit_count > 0, last_accessed LIMIT ?`;
}

export const RECORD_HITS = `
  UPDATE cache_entries
  SET hit_count = cache_entries.hit_count + seen.hits,
      last_accessed = MAX(cache_entries.last_accessed, seen.last_accessed)
  FROM (
    SELECT json_extract(value, '$.key') AS cache_key,
           SUM(json_extract(value, '$.hits')) AS hits,
           MAX(json_extract(value, '$.lastAccessed')) AS last_accessed
    FROM json_each(?)
    GROUP BY 1
  ) AS seen
  WHERE cache_entries.cache_key = seen.cache_key`;

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

/** A DELETE of at most as many rows as its last parameter says; the caller appends that. */
export function removeText(selector: EntrySelector): { text: string; parameters: SqlValue[] } {
  const conditions: [string, SqlValue | undefined][] = [
    ['cache_key = ?', selector.key],
    ['cache_type = ?', selector.type],
    ['company_id = ?', selector.companyId],
    ['username = ?', selector.username],
    [TAGGED, selector.tags && JSON.stringify(selector.tags)],
    ['created_at <= ?', selector.storedUpTo],
  ];
  const given = conditions.filter((condition): condition is [string, SqlValue] => condition[1] !== undefined);
  const where = given.length === 0 ? '' : `WHERE ${given.map(([text]) => text).join(' AND ')}`;
  return {
    text: `DELETE FROM cache_entries WHERE cache_key IN (SELECT cache_key FROM cache_entries ${where} LIMIT ?)
      RETURNING cache_key`,
    parameters: given.map(([, value]) => value),
  };
}

const TAGGED =
  'cache_key IN (SELECT t.cache_key FROM cache_entry_tags AS t WHERE t.tag IN (SELECT value FROM json_each(?)))';

export const REMOVE_IF_EXPIRED = `DELETE FROM cache_entries WHERE cache_key = ? AND grace_until <= ?`;

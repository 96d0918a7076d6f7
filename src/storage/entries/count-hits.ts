import { type BatchOperation } from '../sql/connection.js';
import { inEachDialect } from '../sql/dialect.js';
import { type HitCount } from './entry.js';

/**
 * Counts hits, all of a transaction in one statement. Beside others that store, and never beside one that drops or
 * replaces: that has the rows in an order of its own, and the two would wait for one another.
 */
export const countHits: BatchOperation<readonly HitCount[]> = {
  lockFor: () => 'shared',
  mayBeLost: () => true,
  async apply({ sql }, hits) {
    await sql.run(COUNT, [JSON.stringify(hits.flat())]);
  },
};

/** On PostgreSQL the rows are locked in the order of their keys, or two instances that count would wait for one another. */
const COUNT = inEachDialect(
  ({ each, locked }) => `
  UPDATE cache_entries
  SET hit_count = cache_entries.hit_count + seen.hits,
      last_accessed = CASE WHEN cache_entries.last_accessed > seen.last_accessed
                           THEN cache_entries.last_accessed ELSE seen.last_accessed END
  FROM (
    SELECT entry.cache_key, given.hits, given.last_accessed
    FROM (
      SELECT hit.value ->> 'key' AS cache_key,
             SUM(CAST(hit.value ->> 'hits' AS bigint)) AS hits,
             MAX(CAST(hit.value ->> 'lastAccessed' AS bigint)) AS last_accessed
      FROM ${each('hit')}
      GROUP BY 1
    ) AS given
    JOIN cache_entries AS entry ON entry.cache_key = given.cache_key
    ORDER BY entry.cache_key ${locked && `${locked} OF entry`}
  ) AS seen
  WHERE cache_entries.cache_key = seen.cache_key`,
);

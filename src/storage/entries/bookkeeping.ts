import { type SqlConnection } from '../sql/sql-connection.js';

/** Something that triggers keep in step with the entries, and that is not; `rows` are out of step. */
export interface BookkeepingFault {
  readonly what: (typeof RULES)[number]['what'];
  readonly rows: number;
}

/** What must hold between the entries and what stands around them; each can be told and mended by one statement. */
const RULES = [
  {
    what: 'payloads without an entry',
    count: `SELECT COUNT(*) AS faults FROM cache_payloads AS p
            WHERE NOT EXISTS (SELECT 1 FROM cache_entries AS e WHERE e.cache_key = p.cache_key)`,
    mend: [`DELETE FROM cache_payloads WHERE cache_key NOT IN (SELECT cache_key FROM cache_entries)`],
  },
  {
    what: 'tags without an entry',
    count: `SELECT COUNT(*) AS faults FROM cache_entry_tags AS t
            WHERE NOT EXISTS (SELECT 1 FROM cache_entries AS e WHERE e.cache_key = t.cache_key)`,
    mend: [`DELETE FROM cache_entry_tags WHERE cache_key NOT IN (SELECT cache_key FROM cache_entries)`],
  },
  {
    what: 'sizes that are not those of the payloads',
    count: `SELECT COUNT(*) AS faults FROM cache_entries AS e JOIN cache_payloads AS p ON p.cache_key = e.cache_key
            WHERE e.byte_size <> length(p.body)`,
    mend: [
      `UPDATE cache_entries SET byte_size = (
         SELECT length(p.body) FROM cache_payloads AS p WHERE p.cache_key = cache_entries.cache_key)
       WHERE EXISTS (SELECT 1 FROM cache_payloads AS p
                     WHERE p.cache_key = cache_entries.cache_key AND length(p.body) <> cache_entries.byte_size)`,
    ],
  },
  {
    what: 'totals that are not the sums of the entries',
    count: `SELECT COUNT(*) AS faults FROM (
              SELECT 'entries' AS name, COUNT(*) AS value FROM cache_entries
              UNION ALL SELECT 'bytes', COALESCE(SUM(byte_size), 0) FROM cache_entries) AS sums
            WHERE NOT EXISTS (SELECT 1 FROM cache_counters AS c WHERE c.name = sums.name AND c.value = sums.value)`,
    mend: [
      `DELETE FROM cache_counters WHERE name IN ('entries', 'bytes')`,
      `INSERT INTO cache_counters (name, value)
         SELECT 'entries', COUNT(*) FROM cache_entries
         UNION ALL SELECT 'bytes', COALESCE(SUM(byte_size), 0) FROM cache_entries`,
    ],
  },
  {
    what: 'companies whose sums are not those of their entries',
    count: `WITH sums AS (
              SELECT company_id, COUNT(*) AS entries, SUM(byte_size) AS bytes FROM cache_entries
              WHERE company_id IS NOT NULL GROUP BY company_id)
            SELECT (SELECT COUNT(*) FROM sums WHERE NOT EXISTS (
                      SELECT 1 FROM cache_company_sizes AS c WHERE c.company_id = sums.company_id
                      AND c.entries = sums.entries AND c.bytes = sums.bytes))
                 + (SELECT COUNT(*) FROM cache_company_sizes
                    WHERE company_id NOT IN (SELECT company_id FROM sums)) AS faults`,
    mend: [
      'DELETE FROM cache_company_sizes',
      `INSERT INTO cache_company_sizes (company_id, entries, bytes)
         SELECT company_id, COUNT(*), SUM(byte_size) FROM cache_entries
         WHERE company_id IS NOT NULL GROUP BY company_id`,
    ],
  },
] as const;

/** Each rule is looked at by one statement, so that what an app writes meanwhile is no fault. */
export async function findBookkeepingFaults(sql: SqlConnection): Promise<BookkeepingFault[]> {
  const faults: BookkeepingFault[] = [];
  for (const { what, count } of RULES) {
    const [row] = await sql.all<{ faults: number }>(count);
    if (row!.faults > 0) faults.push({ what, rows: row!.faults });
  }
  return faults;
}

/** To be called inside a transaction, in which the triggers go on with what is right from then on. */
export async function mendBookkeeping(sql: SqlConnection): Promise<void> {
  for (const { mend } of RULES) for (const statement of mend) await sql.run(statement);
}

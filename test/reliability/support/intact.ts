import { StoreUnavailableError } from '../../../src/common/errors.js';
import { type Database } from '../../../src/storage/database.js';

/** Rows that belong to no entry, entries without a payload, and counters that do not say what the rows say. */
const STRAYS = `
  SELECT (SELECT COUNT(*) FROM cache_payloads WHERE cache_key NOT IN (SELECT cache_key FROM cache_entries))
       + (SELECT COUNT(*) FROM cache_entries WHERE cache_key NOT IN (SELECT cache_key FROM cache_payloads))
       + (SELECT COUNT(*) FROM cache_entry_tags WHERE cache_key NOT IN (SELECT cache_key FROM cache_entries))
       + ((SELECT value FROM cache_counters WHERE name = 'entries') <> (SELECT COUNT(*) FROM cache_entries))
       + ((SELECT value FROM cache_counters WHERE name = 'bytes') <>
          (SELECT COALESCE(SUM(byte_size), 0) FROM cache_entries)) AS strays`;

/** Whether SQLite finds no fault with the file, and the tables of the entries agree with one another. */
export async function isIntact(database: Database): Promise<boolean> {
  try {
    return await database.read(async (_manager, sql) => {
      const findings = await sql.pragma<{ integrity_check: string }>('integrity_check');
      const [count] = await sql.all<{ strays: number }>(STRAYS);
      return findings.every((finding) => finding.integrity_check === 'ok') && count?.strays === 0;
    });
  } catch (error) {
    if (error instanceof StoreUnavailableError) return false;
    throw error;
  }
}

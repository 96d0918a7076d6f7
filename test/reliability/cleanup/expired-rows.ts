import type { CacheApp } from '../../module/cache-app.js';

/** Fills the file with expired entries, by SQL: through the cache it would take minutes. */
export async function storeExpiredRows({ database, clock }: CacheApp, count: number): Promise<void> {
  for (let start = 0; start < count; start += ROWS_A_TRANSACTION) {
    const range = [start, Math.min(start + ROWS_A_TRANSACTION, count), clock.now() - 1];
    await database.write(async (_manager, sql) => {
      await sql.run(ENTRIES, range);
      await sql.run(PAYLOADS, range);
    });
  }
  await database.reclaim();
}

const ROWS_A_TRANSACTION = 20_000;

const ROWS = `
  WITH RECURSIVE row(n, past, expired) AS (
    SELECT ?, ?, ? UNION ALL SELECT n + 1, past, expired FROM row WHERE n + 1 < past)`;

const ENTRIES = `${ROWS}
  INSERT INTO cache_entries (cache_key, cache_type, company_id, tags, created_at, expires_at, grace_until, load_ms, byte_size, last_accessed)
  SELECT 'expired/' || n, 'expired', n % 50, '[]', expired - 900000, expired, expired, 1000, 256, expired - 900000
  FROM row`;

const PAYLOADS = `${ROWS}
  INSERT INTO cache_payloads (cache_key, format, checksum, body)
  SELECT 'expired/' || n, 'value/1', 0, randomblob(256) FROM row`;

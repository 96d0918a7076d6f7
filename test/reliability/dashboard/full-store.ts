import type { BrowserApp } from '../../dashboard/browser/support/browser-app.js';
import { RollupService } from '../../../src/performance/rollup.service.js';

/** What a large installation has after ninety days. */
export interface StoreSize {
  readonly entries: number;
  readonly logged: number;
}

/** Fills the app's store by SQL, for requests would take hours, and sums its log up as the app does behind them. */
export async function fillStore({ app, database, clock }: BrowserApp, size: StoreSize): Promise<void> {
  const now = clock.now();
  await insertInParts(size.entries, (from, to) =>
    database.write(async (_manager, sql) => {
      await sql.run(ENTRIES, [from, to, now]);
      await sql.run(PAYLOADS, [from, to, now]);
    }),
  );
  await insertInParts(size.logged, (from, to) =>
    database.write((_manager, sql) => sql.run(LOG, [from, to, now, size.logged])),
  );
  await app.get(RollupService, { strict: false }).rollUp();
}

const ROWS_A_TRANSACTION = 20_000;

async function insertInParts(rows: number, insert: (from: number, to: number) => Promise<unknown>) {
  for (let from = 0; from < rows; from += ROWS_A_TRANSACTION)
    await insert(from, Math.min(from + ROWS_A_TRANSACTION, rows));
}

const ROWS = `
  WITH RECURSIVE row(n, past, now) AS (
    SELECT ?, ?, ? UNION ALL SELECT n + 1, past, now FROM row WHERE n + 1 < past)`;

const ENTRIES = `${ROWS}
  INSERT INTO cache_entries (cache_key, cache_type, company_id, tags, created_at, expires_at, grace_until, load_ms,
    byte_size, last_accessed)
  SELECT 'entry/' || n, 'report-' || n % 10, n % 20, '["books"]', now - n % 3600000, now + 3600000, now + 3600000,
    1000, 256, now - n % 3600000
  FROM row`;

const PAYLOADS = `${ROWS}
  INSERT INTO cache_payloads (cache_key, format, checksum, body) SELECT 'entry/' || n, 'value/1', 0, randomblob(256) FROM row`;

/** Ninety days of ten types, twenty companies and 150 users; four requests in five are hits. */
const LOG = `${ROWS}, hit(n, now, is_hit) AS (SELECT n, now, n % 5 < 4 FROM row)
  INSERT INTO performance_log (cache_type, company_id, cache_hit, response_time_ms, estimated_oracle_time_ms,
    time_saved_ms, username, timestamp, outcome, miss_reason, source_time_ms)
  SELECT 'report-' || (n * 7919 % 10), n * 104729 % 20, is_hit,
    CASE WHEN is_hit THEN 0.3 + n % 40 / 10.0 ELSE 900 + n * 31 % 2000 END, 1800, 1700, 'user-' || (n * 13 % 150),
    CAST(now - (90 - 90.0 * n / ?) * 86400000 AS INTEGER), CASE WHEN is_hit THEN 'hit' ELSE 'miss' END,
    CASE WHEN is_hit THEN NULL WHEN n % 2 THEN 'ttl' ELSE 'cold' END,
    CASE WHEN is_hit THEN NULL ELSE 880 + n * 31 % 2000 END
  FROM hit`;

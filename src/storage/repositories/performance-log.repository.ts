import { type Database } from '../database.js';
import { type PerformanceLogEntry } from '../entities/performance-log-entry.entity.js';
import { type SqlText } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';
import {
  type PerformanceFilter,
  type PerformanceSummaryRows,
  summaryQuery,
  toSummary,
} from './performance-summary.js';

/** A row of the performance log before it has an id. Times in milliseconds, `timestamp` in epoch milliseconds. */
export type PerformanceSampleRow = Omit<PerformanceLogEntry, 'id' | Later> &
  Partial<Pick<PerformanceLogEntry, Later>>;

/** Columns that came later; rows without them are fine. */
type Later = 'outcome' | 'missReason' | 'sourceTimeMs';

/** What one user asked for. */
export interface UserActivity {
  readonly username: string;
  readonly requests: number;
  /** Epoch milliseconds. */
  readonly lastSeenAt: number;
}

interface UserRow {
  readonly username: string;
  readonly requests: number;
  readonly last_seen_at: number;
}

/** One row a cacheable request, kept for the retention time. */
export class PerformanceLogRepository {
  constructor(private readonly database: Database) {}

  /** Appends the rows in one transaction: all of them or none. */
  async append(rows: readonly PerformanceSampleRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.database.write((_manager, sql) => appendAll(sql, rows));
  }

  /** Removes at most `limit` rows with a timestamp below `timestamp` (epoch milliseconds), the oldest first; returns how many. */
  removeOlderThan(timestamp: number, limit: number): Promise<number> {
    return this.database.write((_manager, sql) => sql.run(REMOVE_OLDER, [timestamp, limit]));
  }

  /** Removes at most `limit` rows that at least `count` newer ones follow, the oldest first; returns how many. */
  removeAllButNewest(count: number, limit: number): Promise<number> {
    return this.database.write((_manager, sql) => sql.run(REMOVE_SURPLUS, [count, limit]));
  }

  /** Removes every row of a company. */
  async removeCompany(companyId: string): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_COMPANY, [companyId]));
  }

  /** Removes every row of a user. */
  async removeUser(username: string): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_USER, [username]));
  }

  /** Who asked from an instant on (epoch milliseconds), how often and when last. */
  async usersSince(timestamp: number): Promise<UserActivity[]> {
    const rows = await this.database.survey((_manager, sql) => sql.all<UserRow>(USERS_SINCE, [timestamp]));
    return rows.map((row) => ({
      username: row.username,
      requests: Number(row.requests),
      lastSeenAt: Number(row.last_seen_at),
    }));
  }

  /** Hits, misses, percentiles and time saved: overall, by type and by company. */
  async summarize(filter: PerformanceFilter = {}): Promise<PerformanceSummaryRows> {
    return this.database.survey(async (_manager, sql) => {
      const { text, parameters } = summaryQuery(filter);
      return toSummary(await sql.all(text, parameters));
    });
  }
}

/** With the types that PostgreSQL must be told of what comes out of a JSON text. */
const COLUMNS = {
  cache_type: 'text',
  company_id: 'text',
  cache_hit: 'boolean',
  response_time_ms: 'double precision',
  estimated_oracle_time_ms: 'double precision',
  time_saved_ms: 'double precision',
  username: 'text',
  timestamp: 'bigint',
  outcome: 'text',
  miss_reason: 'text',
  source_time_ms: 'double precision',
};

const REMOVE_OLDER = `
  DELETE FROM performance_log
  WHERE id IN (SELECT id FROM performance_log WHERE timestamp < ? ORDER BY timestamp LIMIT ?)`;

/** By the ids, which grow with every row: a count would read them all. Gaps make it keep fewer, never more. */
const REMOVE_SURPLUS = `
  DELETE FROM performance_log WHERE id IN (
    SELECT id FROM performance_log WHERE id <= (SELECT MAX(id) FROM performance_log) - ? ORDER BY id LIMIT ?)`;

/**
 * By the index on `timestamp`. One with the username as well makes it no faster: of a million rows in a day, which take
 * more than a second, nearly all is grouping.
 */
const USERS_SINCE = `
  SELECT username, COUNT(*) AS requests, MAX(timestamp) AS last_seen_at
  FROM performance_log WHERE timestamp >= ? AND username IS NOT NULL GROUP BY username`;

const REMOVE_COMPANY = 'DELETE FROM performance_log WHERE company_id = ?';

const REMOVE_USER = 'DELETE FROM performance_log WHERE username = ?';

/** Rows bound at once, as one JSON text: binding them value by value costs the main thread ten times as much. */
const ROWS_A_STATEMENT = 1_000;

const APPEND: SqlText = {
  sqlite: appendText((index) => `value ->> ${index}`, 'json_each(?)'),
  postgres: appendText(
    (index, type) => `CAST(value ->> ${index} AS ${type})`,
    'json_array_elements(CAST(? AS json)) AS rows(value)',
  ),
};

function appendText(field: (index: number, type: string) => string, rows: string): string {
  const fields = Object.values(COLUMNS).map((type, index) => field(index, type));
  return `INSERT INTO performance_log (${Object.keys(COLUMNS).join(', ')}) SELECT ${fields.join(', ')} FROM ${rows}`;
}

async function appendAll(sql: SqlConnection, rows: readonly PerformanceSampleRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    await sql.run(APPEND, [JSON.stringify(rows.slice(start, start + ROWS_A_STATEMENT).map(toValues))]);
  }
}

function toValues(row: PerformanceSampleRow): SqlValue[] {
  return [
    row.cacheType,
    row.companyId,
    row.cacheHit ? 1 : 0,
    row.responseTimeMs,
    row.estimatedOracleTimeMs,
    row.timeSavedMs,
    row.username,
    row.timestamp,
    row.outcome ?? null,
    row.missReason ?? null,
    row.sourceTimeMs ?? null,
  ];
}

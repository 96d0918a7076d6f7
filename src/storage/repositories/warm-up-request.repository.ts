import { type Database } from '../database.js';
import { type WarmUpRequest } from '../entities/warm-up-request.entity.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

/** What was asked since the last time it was written. Times in milliseconds, `lastAsked` in epoch milliseconds. */
export type AskedRow = Pick<
  WarmUpRequest,
  'cacheKey' | 'cacheType' | 'companyId' | 'request' | 'asked' | 'lastAsked' | 'sourceMs'
>;

/** How long and how many requests are remembered. */
export interface Remembering {
  readonly lookBackMs: number;
  readonly maxRows: number;
}

/** Which requests to look for; what is left out does not matter. */
export interface ColdQuery {
  readonly key?: string;
  readonly type?: string;
  readonly companyId?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Also those whose time to be tried again comes until then, in epoch milliseconds. Default: now. */
  readonly dueBy?: number;
  readonly lookBackMs: number;
  readonly minCostMs: number;
  readonly limit: number;
}

export interface ColdRequest extends Pick<
  WarmUpRequest,
  'cacheKey' | 'cacheType' | 'companyId' | 'request' | 'failures'
> {
  /** What a warm-up of it spares users, in milliseconds of waiting within a look-back. */
  readonly gainMs: number;
}

/** What users asked for, and how often, so that it can be asked for them. */
export class WarmUpRequestRepository {
  constructor(private readonly database: Database) {}

  /** Adds what was asked, and forgets what nobody asked for within the look-back and what is asked least. */
  async remember(
    rows: readonly AskedRow[],
    { lookBackMs, maxRows }: Remembering,
    now: number,
  ): Promise<void> {
    await this.database.write(async (_manager, sql) => {
      for (const row of rows) await sql.run(REMEMBER, toValues(row, lookBackMs));
      await sql.run(FORGET_OLD, [now - lookBackMs]);
      await forgetSurplus(sql, maxRows);
    });
  }

  /** Those without a fresh entry, what spares users most first. */
  async findCold(query: ColdQuery): Promise<ColdRequest[]> {
    const {
      key = null,
      type = null,
      companyId = null,
      now,
      dueBy = now,
      lookBackMs,
      minCostMs,
      limit,
    } = query;
    const gain = [now, 1 / lookBackMs];
    const selection = [key, key, type, type, companyId, companyId];
    const conditions = [now, now - lookBackMs, dueBy, minCostMs, ...selection, limit];
    return this.database.survey((_manager, sql) => sql.all<ColdRequest>(FIND_COLD, [...gain, ...conditions]));
  }

  async noteWarmed(key: string, sourceMs: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(NOTE_WARMED, [sourceMs, sourceMs, key]));
  }

  /** @param retryAt epoch milliseconds. */
  async noteFailed(key: string, retryAt: number): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(NOTE_FAILED, [retryAt, key]));
  }

  async removeCompany(companyId: string): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_COMPANY, [companyId]));
  }
}

/** PostgreSQL takes a bound number for the type of what it is compared with, and these are fractions. */
const REAL = 'CAST(? AS double precision)';

/** How much a new figure of the source counts against all that came before. */
const WEIGHT = 0.3;

const LATER_SOURCE_MS = (later: string): string =>
  `COALESCE(warm_up_requests.source_ms * ${1 - WEIGHT} + ${later} * ${WEIGHT}, ${later}, warm_up_requests.source_ms)`;

/** A share of what was counted before goes with each part of a look-back: asked steadily, it is the number of one look-back. */
const REMEMBER = `
  INSERT INTO warm_up_requests
    (cache_key, cache_type, company_id, request, asked, last_asked, source_ms, failures, retry_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)
  ON CONFLICT (cache_key) DO UPDATE SET
    request = excluded.request,
    asked = excluded.asked + CASE
      WHEN excluded.last_asked - warm_up_requests.last_asked >= ${REAL} THEN 0
      WHEN excluded.last_asked <= warm_up_requests.last_asked THEN warm_up_requests.asked
      ELSE warm_up_requests.asked * (1 - (excluded.last_asked - warm_up_requests.last_asked) * ${REAL}) END,
    last_asked = CASE
      WHEN excluded.last_asked > warm_up_requests.last_asked THEN excluded.last_asked
      ELSE warm_up_requests.last_asked END,
    source_ms = ${LATER_SOURCE_MS('excluded.source_ms')}`;

const FORGET_OLD = 'DELETE FROM warm_up_requests WHERE last_asked <= ?';

const COUNT = 'SELECT COUNT(*) AS total FROM warm_up_requests';

/** By how often they were asked before how long ago: a flood of made-up parameters must not displace what is used. */
const FORGET_LEAST = `
  DELETE FROM warm_up_requests WHERE cache_key IN (
    SELECT cache_key FROM warm_up_requests ORDER BY asked, last_asked LIMIT ?)`;

const COST = 'COALESCE(request.source_ms, benchmark.avg_time_ms, 0)';

const FIND_COLD = `
  SELECT
    request.cache_key AS "cacheKey", request.cache_type AS "cacheType", request.company_id AS "companyId",
    request.request AS "request", request.failures AS "failures",
    request.asked * (1 - (${REAL} - request.last_asked) * ${REAL}) * ${COST} AS "gainMs"
  FROM warm_up_requests request
  LEFT JOIN query_benchmarks benchmark ON benchmark.cache_type = request.cache_type
  LEFT JOIN cache_entries entry ON entry.cache_key = request.cache_key AND entry.expires_at > ?
  WHERE entry.cache_key IS NULL AND request.last_asked > ? AND request.retry_at <= ? AND ${COST} >= ?
    AND (CAST(? AS text) IS NULL OR request.cache_key = ?)
    AND (CAST(? AS text) IS NULL OR request.cache_type = ?)
    AND (CAST(? AS text) IS NULL OR request.company_id = ?)
  ORDER BY "gainMs" DESC, request.cache_key LIMIT ?`;

const NOTE_WARMED = `
  UPDATE warm_up_requests SET failures = 0, retry_at = 0, source_ms = ${LATER_SOURCE_MS(REAL)}
  WHERE cache_key = ?`;

const NOTE_FAILED = 'UPDATE warm_up_requests SET failures = failures + 1, retry_at = ? WHERE cache_key = ?';

const REMOVE_COMPANY = 'DELETE FROM warm_up_requests WHERE company_id = ?';

function toValues(row: AskedRow, lookBackMs: number): SqlValue[] {
  const { cacheKey, cacheType, companyId, request, asked, lastAsked, sourceMs } = row;
  return [cacheKey, cacheType, companyId, request, asked, lastAsked, sourceMs, lookBackMs, 1 / lookBackMs];
}

async function forgetSurplus(sql: SqlConnection, maxRows: number): Promise<void> {
  const [{ total } = { total: 0 }] = await sql.all<{ total: number }>(COUNT);
  if (total > maxRows) await sql.run(FORGET_LEAST, [total - maxRows]);
}

import { type SqlValue } from '../sql/sql-connection.js';

/** Which rows of the performance log are summed up; without a condition, all that are kept. */
export interface PerformanceFilter {
  /** Epoch milliseconds; rows from this instant on. */
  readonly since?: number;
  readonly type?: string;
  readonly companyId?: string;
}

/** Figures of a group of requests. Times in milliseconds; a percentile is `null` when there is no such request. */
export interface PerformanceFigures {
  readonly hits: number;
  readonly misses: number;
  readonly hitP50: number | null;
  readonly hitP95: number | null;
  readonly missP50: number | null;
  readonly missP95: number | null;
  readonly timeSavedMs: number;
}

export interface PerformanceSummaryRows {
  readonly overall: PerformanceFigures;
  readonly byType: readonly (PerformanceFigures & { readonly type: string })[];
  /** `companyId` is `null` for requests that belong to no company. */
  readonly byCompany: readonly (PerformanceFigures & { readonly companyId: string | null })[];
}

/** What {@link summaryQuery} yields: one row for each group and outcome. */
export interface SummaryRow {
  readonly dimension: 'all' | 'type' | 'company';
  readonly name: string | null;
  readonly cache_hit: number;
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly saved: number | null;
}

/**
 * One query for all groups. Percentiles are by nearest rank (the smallest value with at least p % of the values at
 * or below it), with window functions of the SQL standard: SQLite has no `percentile_disc`.
 */
export function summaryQuery(filter: PerformanceFilter): { text: string; parameters: SqlValue[] } {
  const conditions: [string, SqlValue | undefined][] = [
    ['timestamp >= ?', filter.since],
    ['cache_type = ?', filter.type],
    ['company_id = ?', filter.companyId],
  ];
  const given = conditions.filter((condition): condition is [string, SqlValue] => condition[1] !== undefined);
  const where = [ANSWERED, ...given.map(([text]) => text)].join(' AND ');
  const groups = [group('all', 'NULL'), group('type', 'cache_type'), group('company', 'company_id')];
  return {
    text: `WITH chosen AS (SELECT * FROM performance_log WHERE ${where})\n${groups.join('\nUNION ALL\n')}\nORDER BY 1, 2 NULLS FIRST`,
    parameters: given.map(([, value]) => value),
  };
}

/** What went past the cache, or failed, is neither hit nor miss. */
const ANSWERED = `(outcome IS NULL OR outcome NOT IN ('bypass', 'failed'))`;

function group(dimension: SummaryRow['dimension'], column: string): string {
  return `
    SELECT '${dimension}' AS dimension, name, cache_hit, COUNT(*) AS requests,
           MIN(CASE WHEN place * 100 >= size * 50 THEN response_time_ms END) AS p50,
           MIN(CASE WHEN place * 100 >= size * 95 THEN response_time_ms END) AS p95,
           SUM(time_saved_ms) AS saved
    FROM (
      SELECT ${column} AS name, cache_hit, response_time_ms, time_saved_ms,
             ROW_NUMBER() OVER (PARTITION BY ${column}, cache_hit ORDER BY response_time_ms) AS place,
             COUNT(*) OVER (PARTITION BY ${column}, cache_hit) AS size
      FROM chosen
    ) AS ranked_${dimension}
    GROUP BY name, cache_hit`;
}

export function toSummary(rows: readonly SummaryRow[]): PerformanceSummaryRows {
  return {
    overall: toFigures(rows.filter((row) => row.dimension === 'all')),
    byType: groupsOf(rows, 'type').map(([name, group]) => ({ type: name ?? '', ...toFigures(group) })),
    byCompany: groupsOf(rows, 'company').map(([name, group]) => ({ companyId: name, ...toFigures(group) })),
  };
}

function groupsOf(
  rows: readonly SummaryRow[],
  dimension: SummaryRow['dimension'],
): [string | null, SummaryRow[]][] {
  const groups = new Map<string | null, SummaryRow[]>();
  for (const row of rows) {
    if (row.dimension === dimension) groups.set(row.name, [...(groups.get(row.name) ?? []), row]);
  }
  return [...groups];
}

function toFigures(rows: readonly SummaryRow[]): PerformanceFigures {
  const hit = rows.find((row) => Boolean(row.cache_hit));
  const miss = rows.find((row) => !row.cache_hit);
  return {
    hits: hit?.requests ?? 0,
    misses: miss?.requests ?? 0,
    hitP50: hit?.p50 ?? null,
    hitP95: hit?.p95 ?? null,
    missP50: miss?.p50 ?? null,
    missP95: miss?.p95 ?? null,
    timeSavedMs: rows.reduce((sum, row) => sum + (row.saved ?? 0), 0),
  };
}

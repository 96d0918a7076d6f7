import { inEachDialect } from '../sql/dialect.js';

/** The row of a rollup, as every statement here lists it. */
export interface RollupRow {
  readonly resolution: string;
  readonly started_at: number;
  readonly cache_type: string;
  readonly company_id: string;
  readonly outcome: string;
  readonly miss_reason: string;
  readonly requests: number;
  readonly response_total_ms: number;
  readonly response_times: string;
  readonly source_total_ms: number;
  readonly source_times: string;
}

const KEY = ['resolution', 'started_at', 'cache_type', 'company_id', 'outcome', 'miss_reason'];
const FIGURES = ['requests', 'response_total_ms', 'response_times', 'source_total_ms', 'source_times'];
const COLUMNS = [...KEY, ...FIGURES];

/** Of those that are no texts. */
const TYPES: Readonly<Record<string, string>> = {
  started_at: 'bigint',
  requests: 'bigint',
  response_total_ms: 'double precision',
  source_total_ms: 'double precision',
};

/** A column out of a list of values in JSON, whose fields PostgreSQL takes for texts. */
function listed(column: string, index: number, row: string): string {
  return `CAST(${row}.value ->> ${index} AS ${TYPES[column] ?? 'text'})`;
}

const LOGGED =
  'id, cache_type, company_id, cache_hit, response_time_ms, outcome, miss_reason, source_time_ms, timestamp';

export const CURSOR = `SELECT log_id FROM performance_rollup_cursor WHERE name = 'performance_log'`;

/** Changes nothing when somebody else has moved it since it was read: then these rows are summed up already. */
export const MOVE_CURSOR = `
  UPDATE performance_rollup_cursor SET log_id = ? WHERE name = 'performance_log' AND log_id = ?`;

export const NEWEST_LOG_ID = 'SELECT COALESCE(MAX(id), 0) AS id FROM performance_log';

export const LOGGED_AFTER = `
  SELECT ${LOGGED} FROM performance_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`;

export const COUNT_LOGGED_AFTER = 'SELECT COUNT(*) AS count FROM performance_log WHERE id > ?';

/** Keys are bound as one JSON list of lists. */
export const ROLLUPS_BY_KEY = inEachDialect(
  ({ each }) => `
  SELECT ${COLUMNS.map((column) => `r.${column}`).join(', ')}
  FROM ${each('k')} JOIN performance_rollups AS r
    ON ${KEY.map((column, index) => `r.${column} = ${listed(column, index, 'k')}`).join(' AND ')}`,
);

/** One statement for both, so that the rollups are as far as the cursor says. A row of NULLs where there are none. */
export const ROLLUPS_OF = rollupsOf('');

export const MISSES_OF = rollupsOf(`AND r.outcome = 'miss'`);

function rollupsOf(condition: string): string {
  return `
  SELECT c.log_id, ${COLUMNS.map((column) => `r.${column}`).join(', ')}
  FROM performance_rollup_cursor AS c
  LEFT JOIN performance_rollups AS r ON r.resolution = ? AND r.started_at = ? ${condition}
  WHERE c.name = 'performance_log'`;
}

/** Rows are bound as one JSON list of lists. `WHERE true` tells SQLite that ON belongs to the INSERT. */
export const SAVE_ROLLUPS = inEachDialect(
  ({ each }) => `
  INSERT INTO performance_rollups (${COLUMNS.join(', ')})
  SELECT ${COLUMNS.map((column, index) => listed(column, index, 'r')).join(', ')} FROM ${each('r')} WHERE true
  ON CONFLICT (${KEY.join(', ')}) DO UPDATE SET
    ${FIGURES.map((column) => `${column} = excluded.${column}`).join(', ')}`,
);

const KEY_LIST = KEY.join(', ');

export const REMOVE_ROLLUPS_BEFORE = `
  DELETE FROM performance_rollups WHERE (${KEY_LIST}) IN (
    SELECT ${KEY_LIST} FROM performance_rollups WHERE resolution = ? AND started_at < ? LIMIT ?)`;

export const REMOVE_ROLLUPS_OF_COMPANY = 'DELETE FROM performance_rollups WHERE company_id = ?';

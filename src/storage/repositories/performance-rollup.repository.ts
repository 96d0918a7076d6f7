import { LogHistogram } from '../../common/log-histogram.js';
import { isRequestOutcome } from '../../common/request-outcome.js';
import { type Database } from '../database.js';
import { type LoggedRequest, type Resolution, type Rollup, RollupBag } from '../rollup.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';
import {
  COUNT_LOGGED_AFTER,
  CURSOR,
  LOGGED_AFTER,
  MISSES_OF,
  MOVE_CURSOR,
  NEWEST_LOG_ID,
  REMOVE_ROLLUPS_BEFORE,
  REMOVE_ROLLUPS_OF_COMPANY,
  type RollupRow,
  ROLLUPS_BY_KEY,
  ROLLUPS_OF,
  SAVE_ROLLUPS,
} from './performance-rollup.sql.js';

/** Rollups, and the last row of the log that they contain. */
export interface RolledUp {
  readonly rollups: readonly Rollup[];
  readonly cursor: number;
}

/**
 * The performance log summed up by hour and by day, in the order of its ids, so that rows count whoever wrote them,
 * and once, whichever process sums them up.
 */
export class PerformanceRollupRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds the next rows of the log to the rollups, in one transaction.
   * @param limit rows at the most.
   * @param upTo the last id to take. On a database where transactions overlap, a row can become visible after one
   * with a higher id; an id that was already the newest a while ago has no such rows before it any more.
   * @returns how many rows were added.
   */
  rollUp(limit: number, upTo = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.database.write(async (_manager, sql) => {
      const position = await readCursor(sql);
      const requests = await sql.all<LoggedRequest>(LOGGED_AFTER, [position, upTo, limit]);
      const last = requests.at(-1);
      if (last === undefined) return 0;
      if ((await sql.run(MOVE_CURSOR, [Number(last.id), position])) === 0) return 0;
      await addToRollups(sql, requests);
      return requests.length;
    });
  }

  /** The last row of the log that the rollups contain; 0: none. */
  cursor(): Promise<number> {
    return this.database.survey((_manager, sql) => readCursor(sql));
  }

  /** The newest row of the log; 0: it is empty. */
  async newestLogId(): Promise<number> {
    const [row] = await this.database.survey((_manager, sql) => sql.all<{ id: number }>(NEWEST_LOG_ID));
    return Number(row?.id ?? 0);
  }

  /** The rollups of one hour or day, given by its beginning. */
  of(resolution: Resolution, startedAt: number): Promise<RolledUp> {
    return this.rolledUp(ROLLUPS_OF, resolution, startedAt);
  }

  /** As {@link of}, those of misses alone. */
  missesOf(resolution: Resolution, startedAt: number): Promise<RolledUp> {
    return this.rolledUp(MISSES_OF, resolution, startedAt);
  }

  /** The rows of the log after an id, the oldest first. */
  loggedAfter(id: number, limit: number): Promise<LoggedRequest[]> {
    return this.database.survey((_manager, sql) =>
      sql.all<LoggedRequest>(LOGGED_AFTER, [id, Number.MAX_SAFE_INTEGER, limit]),
    );
  }

  async countLoggedAfter(id: number): Promise<number> {
    const [row] = await this.database.survey((_manager, sql) =>
      sql.all<{ count: number }>(COUNT_LOGGED_AFTER, [id]),
    );
    return Number(row?.count ?? 0);
  }

  /** Removes at most `limit` rollups that began before (epoch milliseconds); returns how many. */
  removeBefore(resolution: Resolution, startedAt: number, limit: number): Promise<number> {
    return this.database.write((_manager, sql) =>
      sql.run(REMOVE_ROLLUPS_BEFORE, [resolution, startedAt, limit]),
    );
  }

  async removeCompany(companyId: string): Promise<void> {
    await this.database.write((_manager, sql) => sql.run(REMOVE_ROLLUPS_OF_COMPANY, [companyId]));
  }

  private async rolledUp(text: string, resolution: Resolution, startedAt: number): Promise<RolledUp> {
    const rows = await this.database.survey((_manager, sql) =>
      sql.all<RollupRow & { readonly log_id: number }>(text, [resolution, startedAt]),
    );
    return { rollups: rows.flatMap(toRollup), cursor: Number(rows[0]?.log_id ?? 0) };
  }
}

async function readCursor(sql: SqlConnection): Promise<number> {
  const [row] = await sql.all<{ log_id: number }>(CURSOR);
  return Number(row?.log_id ?? 0);
}

async function addToRollups(sql: SqlConnection, requests: readonly LoggedRequest[]): Promise<void> {
  const bag = new RollupBag();
  for (const request of requests) {
    bag.addRequest('hour', request);
    bag.addRequest('day', request);
  }
  const keys = bag.values().map((rollup) => toValues(rollup).slice(0, KEY_LENGTH));
  const known = await sql.all<RollupRow>(ROLLUPS_BY_KEY, [JSON.stringify(keys)]);
  for (const rollup of known.flatMap(toRollup)) bag.merge(rollup);
  await sql.run(SAVE_ROLLUPS, [JSON.stringify(bag.values().map(toValues))]);
}

const KEY_LENGTH = 6;

/** In the order of the columns, the key first. */
function toValues(rollup: Rollup): SqlValue[] {
  return [
    rollup.resolution,
    rollup.startedAt,
    rollup.type,
    rollup.companyId ?? '',
    rollup.outcome,
    rollup.missReason ?? '',
    rollup.requests,
    rollup.responseTotalMs,
    rollup.responseTimes.toText(),
    rollup.sourceTotalMs,
    rollup.sourceTimes.toText(),
  ];
}

/** None for a row that no version of this module can have written. */
function toRollup(row: RollupRow): Rollup[] {
  const { resolution, outcome } = row;
  if ((resolution !== 'hour' && resolution !== 'day') || !isRequestOutcome(outcome)) return [];
  return [
    {
      resolution,
      startedAt: Number(row.started_at),
      type: row.cache_type,
      companyId: row.company_id === '' ? null : row.company_id,
      outcome,
      missReason: row.miss_reason === '' ? null : row.miss_reason,
      requests: Number(row.requests),
      responseTotalMs: row.response_total_ms,
      responseTimes: LogHistogram.parse(row.response_times),
      sourceTotalMs: row.source_total_ms,
      sourceTimes: LogHistogram.parse(row.source_times),
    },
  ];
}

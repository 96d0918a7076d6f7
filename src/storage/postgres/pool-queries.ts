import { Semaphore, withTimeout } from 'async-mutex';
import { type PgPool, type PgQuery, type PgResult } from './pg-types.js';
import { codeOf, postgresFaultOf } from './postgres-errors.js';
import { type RunQuery } from './postgres-sql-connection.js';

/**
 * Queries that read, each on whichever connection is free. One that finds its connection gone, because the server was
 * restarted or somebody ended it, is asked once more on another.
 */
export function poolQueries(pool: PgPool): RunQuery {
  return async (query) => {
    try {
      return await queryOnce(pool, query);
    } catch (error) {
      if (!isGone(error)) throw error;
      return queryOnce(pool, query);
    }
  };
}

/** Connections that reads leave free: one for whoever writes, one to learn what other instances dropped. */
const LEFT_FREE = 2;

/** As the pool waits for a free connection, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * So many of the queries at a time that slow ones cannot hold the whole pool. Of a pool of two one reads, and the other
 * is for all that must not wait.
 */
export function leavingRoom(run: RunQuery, poolSize: number): RunQuery {
  const slots = new Semaphore(Math.max(1, poolSize - LEFT_FREE));
  const inTime = withTimeout(slots, PATIENCE_MS, new Error('timeout exceeded when trying to connect'));
  return (query) => inTime.runExclusive(() => run(query));
}

async function queryOnce(pool: PgPool, query: PgQuery): Promise<PgResult> {
  const client = await pool.connect();
  client.on('error', ignore);
  let isLost = false;
  try {
    return await client.query(query);
  } catch (error) {
    isLost = postgresFaultOf(error) === 'lost';
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(isLost);
    if (isLost) client.connection?.stream?.destroy();
  }
}

/** Its query is told as well. */
function ignore(): void {}

/** The connection alone, as far as one can tell: a server that hangs would hang again. */
function isGone(error: unknown): boolean {
  if (['57P01', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))) return true;
  return error instanceof Error && /terminated unexpectedly|not queryable/i.test(error.message);
}

import { type PgPoolClient, type PgResult } from './pg-types.js';

/**
 * What is settled on each new connection, in one round trip, before anybody uses it:
 * - that the server takes writes. One that only reads is a standby, which lags behind, or one on which nobody can note
 *   what he drops: on both, what was dropped would still be answered.
 * - how long the server works on a read, so that it does not go on for a caller who has left. Behind a pooler, which
 *   invents the number of the session's process, it stays as the server has it: a session may be given to others.
 *
 * @throws what the server throws; SQLSTATE 25006 when it only reads.
 */
export async function greetServer(client: PgPoolClient, readTimeoutMs: number): Promise<void> {
  const values = [client.processID ?? null, String(Math.ceil(readTimeoutMs))];
  const { rows } = (await client.query({ text: GREETING, values })) as PgResult & {
    rows: { onlyReads: boolean }[];
  };
  if (rows[0]?.onlyReads) throw new OnlyReadsError('the server only reads');
}

class OnlyReadsError extends Error {
  readonly code = '25006';
}

const GREETING = `
  SELECT current_setting('transaction_read_only') = 'on' AS "onlyReads",
         CASE WHEN pg_backend_pid() = $1 THEN set_config('statement_timeout', $2, false) END`;

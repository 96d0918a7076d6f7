import { type ConnectionFault } from '../sql/connection.js';

/** The five characters of a fault that the server told of. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined;
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** @see ConnectionFault */
export function postgresFaultOf(error: unknown): ConnectionFault {
  const state = sqlState(error);
  if (state === undefined) return faultOfClient(error);
  return FAULTS.get(state) ?? FAULT_CLASSES.get(state.slice(0, 2));
}

/** invalid_sql_statement_name and duplicate_prepared_statement: another session than the one that prepared it. */
const OF_ANOTHER_SESSION: ReadonlySet<string> = new Set(['26000', '42P05']);

/** Whether a pooler between us and the server gave the statement to a session that does not know it, or another. */
export function isOfAnotherSession(error: unknown): boolean {
  return OF_ANOTHER_SESSION.has(codeOf(error));
}

const FAULTS = new Map<string, ConnectionFault>([
  ['40001', 'conflict'], // serialization_failure
  ['40P01', 'conflict'], // deadlock_detected
  ['55P03', 'busy'], // lock_not_available: `lock_timeout`
  ['57014', 'busy'], // query_canceled: `statement_timeout`
  ['53100', 'disk full'],
  ['57P01', 'lost'], // admin_shutdown, also of one connection by pg_terminate_backend
  ['57P02', 'lost'], // crash_shutdown
  ['57P03', 'lost'], // cannot_connect_now: starting up
  ['57P05', 'lost'], // idle_session_timeout
  ['25P03', 'lost'], // idle_in_transaction_session_timeout
  ['25006', 'lost'], // read_only_sql_transaction: the server has become a standby
  ...[...OF_ANOTHER_SESSION].map((state): [string, ConnectionFault] => [state, 'conflict']),
  ['42P01', 'lost'], // undefined_table: somebody dropped the schema
  ['3F000', 'lost'], // invalid_schema_name
]);

const FAULT_CLASSES = new Map<string, ConnectionFault>([
  ['08', 'lost'], // connection exceptions
  ['53', 'lost'], // no memory, too many connections
  ['58', 'lost'], // errors of the system
  ['XX', 'lost'], // internal errors, damaged data among them
]);

/** Faults that `pg` and Node tell of: they have no SQLSTATE, and some no code at all. */
function faultOfClient(error: unknown): ConnectionFault {
  if (!(error instanceof Error)) return undefined;
  if (POOL_EXHAUSTED.test(error.message)) return 'busy';
  return NETWORK_CODES.has(codeOf(error)) || CONNECTION_MESSAGE.test(error.message) ? 'lost' : undefined;
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EACCES',
  'ERR_STREAM_DESTROYED',
]);

const POOL_EXHAUSTED = /timeout exceeded when trying to connect/;

const CONNECTION_MESSAGE =
  /connection terminated|not queryable|query read timeout|after calling end on the pool|client was closed|connection is closed/i;

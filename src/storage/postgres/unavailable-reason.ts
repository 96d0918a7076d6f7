import { messageOf } from '../../common/message-of.js';
import { type ResolvedPostgresOptions } from '../../common/options.js';
import { codeOf, sqlState } from './postgres-errors.js';

/** Why the database cannot be used, in words that name it, without its password, and how to mend it. */
export function unavailableReason(error: unknown, options: ResolvedPostgresOptions): string {
  if (error instanceof Error && error.name === 'DriverPackageNotInstalledError') {
    return 'the npm package pg cannot be loaded: npm install pg';
  }
  const mend = MENDING.get(sqlState(error) ?? codeOf(error));
  return `${placeOf(options)} cannot be used: ${mend ?? messageOf(error)}`;
}

/** Neither user nor password, which stand in the url as well, nor its parameters. */
export function placeOf({ url, schema }: ResolvedPostgresOptions): string {
  const { host, pathname } = new URL(url);
  return `schema ${schema} of PostgreSQL at ${host}${pathname}`;
}

const MENDING = new Map([
  ['ECONNREFUSED', 'nobody answers there: check database.url, and that the server runs'],
  ['ENOTFOUND', 'its host is not known: check database.url'],
  ['EAI_AGAIN', 'its host cannot be looked up: check database.url and the name service'],
  ['28P01', 'the password is wrong: check database.url'],
  ['28000', 'the user may not log in: check database.url and pg_hba.conf of the server'],
  ['3D000', 'there is no such database: create it, or check database.url'],
  [
    '42501',
    'the user has not the rights: GRANT it CREATE on the database, or make it the owner of the schema',
  ],
  ['53300', 'the server has no connection left: lower database.poolSize, or raise max_connections'],
  ['42P01', 'its tables were dropped; they are made again'],
  ['3F000', 'its schema was dropped; it is made again'],
  ['57P03', 'the server is starting or stopping'],
  [
    '25006',
    'the server only reads: let database.url lead to the primary, and check default_transaction_read_only',
  ],
  ['26000', 'a pooler gave a statement to another session: set database.preparedStatements to false'],
  ['42P05', 'a pooler gave a statement to another session: set database.preparedStatements to false'],
]);

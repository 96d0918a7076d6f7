import type { ReportsCacheOptions } from '../../../src/index.js';
import { POSTGRES_URL, tempSchema } from '../../support/postgres.js';

/** Instances of the app that share a server. */
export const INSTANCES = 3;

/** Between two polls, in milliseconds: the default on PostgreSQL. */
export const POLL_MS = 1_000;

/** For so long memory may answer with what another instance dropped, whatever has become of the network. */
export const STALENESS_MS = 2 * POLL_MS;

/** Options of instances that share a schema of this test's own; the timeout is one that no busy machine exceeds. */
export function onPostgres(url = POSTGRES_URL, schema = tempSchema()): ReportsCacheOptions {
  return { database: { type: 'postgres', url, schema, busyTimeout: '30s' }, storeTimeout: '30s' };
}

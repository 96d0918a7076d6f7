/** What the benchmark asks of a cache that instances share; values are reports, for an hour. */
export interface SharedCache {
  /** Memory, store, source. */
  getOrSet(key: string, load: () => Promise<object>): Promise<unknown>;
  /** `undefined` or `null` for what is not there. */
  get(key: string): Promise<unknown>;
  set(key: string, value: object): Promise<unknown>;
  /** For all instances. */
  drop(key: string): Promise<unknown>;
  /** Removes what all instances share, so that a run leaves nothing on the servers. */
  clear(): Promise<void>;
}

/** Where the servers are; the same variables as for the tests. */
export const POSTGRES_URL = process.env['DATABASE_URL_TEST'] ?? 'postgres://postgres@127.0.0.1:5432/test';
export const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** Connections of each instance to PostgreSQL: the library's default, for all alike. */
export const POOL_SIZE = 5;

export const TTL_MS = 3_600_000;

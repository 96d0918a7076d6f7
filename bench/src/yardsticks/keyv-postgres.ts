import KeyvPostgres from '@keyv/postgres';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { inPostgres } from '../cluster/library-on-postgres.js';
import { POOL_SIZE, POSTGRES_URL, TTL_MS, type SharedCache } from '../cluster/shared-cache.js';

/**
 * `cache-manager` as Nest's documentation sets it up with Keyv; it tells other instances nothing, so with memory in
 * front each goes on with what others have dropped.
 */
export function cacheManagerOnPostgres(table: string, withMemory: boolean): SharedCache {
  const store = new KeyvPostgres({ uri: POSTGRES_URL, table, max: POOL_SIZE });
  const shared = new Keyv({ store, ttl: TTL_MS });
  const cache = createCache({ stores: withMemory ? [new Keyv({ ttl: TTL_MS }), shared] : [shared] });
  return {
    getOrSet: (key, load) => cache.wrap(key, load),
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    drop: (key) => cache.del(key),
    clear: () => inPostgres(`DROP TABLE IF EXISTS "${table}"`),
  };
}

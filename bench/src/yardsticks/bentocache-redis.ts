import { bentostore, BentoCache } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import { REDIS_URL, type SharedCache } from '../cluster/shared-cache.js';
import { SILENT } from './bentocache.js';

/** Memory, Redis behind it, and Redis' publish and subscribe between instances, as its documentation has it. */
export function bentocacheOnRedis(prefix: string): SharedCache {
  const connection = new Redis(REDIS_URL);
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer(redisDriver({ connection, prefix }))
    .useBus(redisBusDriver({ connection: connection.options }));
  const cache = new BentoCache({
    default: 'only',
    logger: SILENT as never,
    ttl: '1h',
    stores: { only: store },
  });
  return {
    getOrSet: (key, factory) => cache.getOrSet({ key, factory, timeout: 0 }),
    get: (key) => cache.get({ key }),
    set: (key, value) => cache.set({ key, value }),
    drop: (key) => cache.delete({ key }),
    clear: () => cache.clear(),
  };
}

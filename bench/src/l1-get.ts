import { Cacheable } from 'cacheable';
import { makeReport } from './harness/payload.js';
import { throughputBenchmark } from './harness/throughput.js';
import { CacheService, openLibrary } from './library.js';
import { bentocacheMemory } from './yardsticks/bentocache.js';
import { LruBehindAsync } from './yardsticks/lru-behind-async.js';

const KEYS = Array.from({ length: 16 }, (_, index) => `trial-balance:7:2026-${index}`);
const keyOf = (index: number): string => KEYS[index % KEYS.length]!;

const OURS = 'CacheService.get';
const BARE = 'lru-cache behind async';

export default throughputBenchmark(
  import.meta.url,
  'What does an entry in memory cost, one caller after the other?',
  {
    title: 'L1 get',
    unit: 'gets/s',
    callers: 1,
    sizes: ['1 KiB', '100 KiB', '2 MiB'],
    goals: () => [
      { name: OURS, yardstick: BARE, atLeast: 0.5 },
      { name: OURS, yardstick: 'bentocache, serialize: false', atLeast: 5 },
      { name: OURS, yardstick: 'bentocache', atLeast: 10 },
    ],
    subjects: {
      [BARE]: ({ bytes }) => lru(bytes, new LruBehindAsync({})),
      [`${BARE}, with a TTL`]: ({ bytes }) => lru(bytes, new LruBehindAsync({ ttl: 3_600_000 })),
      [OURS]: async ({ bytes }) => {
        const cache = (await openLibrary('sqlite', { memory: { maxBytes: '256mb' } })).get(CacheService);
        const report = makeReport(bytes);
        for (const key of KEYS)
          await cache.set(key, report, { type: 'trial-balance', companyId: 7, ttl: '1h' });
        return (index) => cache.get(keyOf(index));
      },
      'bentocache, serialize: false': ({ bytes }) => bentocache(bytes, false),
      bentocache: ({ bytes }) => bentocache(bytes, true),
      cacheable: async ({ bytes }) => {
        const cache = new Cacheable();
        for (const key of KEYS) await cache.set(key, makeReport(bytes), '1h');
        return (index) => cache.get(keyOf(index));
      },
    },
  },
);

function lru(bytes: number, cache: LruBehindAsync) {
  for (const key of KEYS) cache.set(key, makeReport(bytes));
  return (index: number) => cache.get(keyOf(index));
}

async function bentocache(bytes: number, serialize: boolean) {
  const cache = bentocacheMemory(serialize);
  for (const key of KEYS) await cache.set({ key, value: makeReport(bytes) });
  return (index: number) => cache.get({ key: keyOf(index) });
}

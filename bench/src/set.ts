import { makeReport, type PayloadSize } from './harness/payload.js';
import { throughputBenchmark, type Operation } from './harness/throughput.js';
import { CacheService, DRIVERS, openLibrary, type Driver } from './library.js';
import { bentocacheSqlite } from './yardsticks/bentocache.js';
import { keyvSqlite } from './yardsticks/keyv-sqlite.js';
import { OriginalDesign } from './yardsticks/original-design.js';

const TYPE = 'trial-balance';
const ORIGINAL = 'the design that this replaces';
const oursOf = (driver: Driver): string => `CacheService.set, ${driver}`;

/** Keys in the file; later sets replace entries. */
const KEYS = 4_096;
const keyOf = (index: number): string => `${TYPE}:7:2026-03:${index % KEYS}`;

export default throughputBenchmark(import.meta.url, 'What does a set cost, acknowledged after its commit?', {
  title: 'set',
  unit: 'sets/s',
  callers: 64,
  sizes: ['1 KiB', '100 KiB'],
  goals: ({ name }) =>
    name !== '1 KiB'
      ? []
      : DRIVERS.flatMap((driver) => [
          { name: oursOf(driver), yardstick: 'bentocache', atLeast: 2.5 },
          { name: oursOf(driver), yardstick: ORIGINAL, atLeast: 25 },
        ]),
  subjects: {
    [oursOf('sqlite')]: (size) => library('sqlite', size),
    [oursOf('better-sqlite3')]: (size) => library('better-sqlite3', size),
    bentocache: ({ bytes }) => {
      const [cache, value] = [bentocacheSqlite(), makeReport(bytes)];
      return (index) => cache.set({ key: keyOf(index), value });
    },
    'Keyv SQLite': ({ bytes }) => {
      const [cache, value] = [keyvSqlite(), makeReport(bytes)];
      return (index) => cache.set(keyOf(index), value);
    },
    [ORIGINAL]: async ({ bytes }) => {
      const [cache, value] = [await OriginalDesign.open(), makeReport(bytes)];
      return (index) => cache.set(keyOf(index), value, TYPE, '7', 3_600);
    },
  },
});

async function library(driver: Driver, { bytes }: PayloadSize): Promise<Operation> {
  const cache = (await openLibrary(driver, { memory: false })).get(CacheService);
  const value = makeReport(bytes);
  return async (index) => {
    const committed = await cache.set(keyOf(index), value, { type: TYPE, companyId: 7, ttl: '1h' });
    if (!committed) throw new Error('a set was not committed');
  };
}

import { makeReport, type PayloadSize } from './harness/payload.js';
import type { Goal } from './harness/section.js';
import { throughputBenchmark, type Operation } from './harness/throughput.js';
import { CacheService, DRIVERS, openLibrary, type Driver } from './library.js';
import { answerCache } from './stored-answers.js';
import { bentocacheSqlite } from './yardsticks/bentocache.js';
import { keyvSqlite } from './yardsticks/keyv-sqlite.js';
import { OriginalDesign } from './yardsticks/original-design.js';
import { rawBetterSqlite3, rawSqlite3, type Blobs } from './yardsticks/raw-drivers.js';

const CALLERS = 64;
const TYPE = 'trial-balance';
const ORIGINAL = 'the design that this replaces';
const bytesOf = (driver: Driver): string => `stored bytes, ${driver}`;
const rawOf = (driver: Driver): string => `bare prepared get, ${driver}`;

export default throughputBenchmark(
  import.meta.url,
  'What does an entry cost that only the file has? Stored bytes: as a request sends them.',
  {
    title: 'L2 get',
    unit: 'gets/s',
    callers: CALLERS,
    sizes: ['1 KiB', '100 KiB', '2 MiB'],
    goals,
    subjects: {
      [rawOf('sqlite')]: async (size) => {
        const { get } = await rawSqlite3(blobsOf(size));
        return (index) => get(keyAt(size, index));
      },
      [rawOf('better-sqlite3')]: (size) => {
        const { get } = rawBetterSqlite3(blobsOf(size));
        return (index) => get(keyAt(size, index));
      },
      [bytesOf('sqlite')]: (size) => storedBytes('sqlite', size),
      [bytesOf('better-sqlite3')]: (size) => storedBytes('better-sqlite3', size),
      'CacheService.get, sqlite': (size) => values('sqlite', size),
      'CacheService.get, better-sqlite3': (size) => values('better-sqlite3', size),
      bentocache: async (size) => {
        const cache = bentocacheSqlite();
        for (const key of keysOf(size)) await cache.set({ key, value: makeReport(size.bytes) });
        return async (index) => mustBeThere(await cache.get({ key: keyAt(size, index) }));
      },
      'Keyv SQLite': async (size) => {
        const cache = keyvSqlite();
        for (const key of keysOf(size)) await cache.set(key, makeReport(size.bytes));
        return async (index) => mustBeThere(await cache.get(keyAt(size, index)));
      },
      [ORIGINAL]: async (size) => {
        const cache = await OriginalDesign.open();
        for (const key of keysOf(size)) await cache.set(key, makeReport(size.bytes), TYPE, '7', 3_600);
        return async (index) => mustBeThere(await cache.get(keyAt(size, index)));
      },
    },
  },
);

function goals({ name }: PayloadSize): Goal[] {
  if (name !== '1 KiB') {
    return DRIVERS.map((driver) => ({ name: bytesOf(driver), yardstick: rawOf(driver), atLeast: 0.75 }));
  }
  return DRIVERS.flatMap((driver) => [
    { name: bytesOf(driver), yardstick: 'bentocache', atLeast: 4 },
    { name: bytesOf(driver), yardstick: ORIGINAL, atLeast: 50 },
  ]);
}

async function storedBytes(driver: Driver, size: PayloadSize): Promise<Operation> {
  const cache = answerCache(await openLibrary(driver, { memory: false, storeTimeout: '10s' }));
  for (const key of keysOf(size)) await cache.set(key, jsonOf(size));
  return (index) => cache.get(keyAt(size, index));
}

async function values(driver: Driver, size: PayloadSize): Promise<Operation> {
  const cache = (await openLibrary(driver, { memory: false, storeTimeout: '10s' })).get(CacheService);
  const report = makeReport(size.bytes);
  for (const key of keysOf(size)) await cache.set(key, report, { type: TYPE, companyId: 7, ttl: '1h' });
  return async (index) => mustBeThere(await cache.get(keyAt(size, index)));
}

function jsonOf({ bytes }: PayloadSize): Buffer {
  return Buffer.from(JSON.stringify(makeReport(bytes)));
}

function blobsOf(size: PayloadSize): Blobs {
  const json = jsonOf(size);
  return new Map(keysOf(size).map((key) => [key, json]));
}

/** The callers of one moment never ask for the same key. */
const keyCount = ({ bytes }: PayloadSize): number => (bytes > 2 ** 20 ? CALLERS : 8 * CALLERS);
const keyAt = (size: PayloadSize, index: number): string => `${TYPE}:7:2026-03:${index % keyCount(size)}`;
const keysOf = (size: PayloadSize): string[] =>
  Array.from({ length: keyCount(size) }, (_, index) => keyAt(size, index));

/** A benchmark of misses would be a fast one. */
function mustBeThere<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('a miss where a hit was to be measured');
  return value;
}

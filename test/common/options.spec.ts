import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { InvalidOptionsError } from '../../src/common/errors.js';
import { resolveOptions } from '../../src/common/options.schema.js';
import type { ReportsCacheOptions } from '../../src/common/options.js';
import { tempFolder } from '../support/temp-folder.js';

function faultsOf(options: unknown): readonly string[] {
  try {
    resolveOptions(options as ReportsCacheOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return (error as InvalidOptionsError).faults;
  }
  return [];
}

const source = { readWatermarks: () => Promise.resolve([]) };

describe('options', () => {
  it.each([[undefined], [{}]])('left out (%o) have the documented defaults', (options) => {
    expect(resolveOptions(options)).toEqual({
      database: { type: 'sqlite', path: 'data/reports-cache.sqlite', busyTimeoutMs: 5_000 },
      ttlMs: 15 * 60_000,
      memory: { maxBytes: 64 * 1024 ** 2, maxEntries: 10_000 },
      identify: undefined,
      maxEntryBytes: 64 * 1024 ** 2,
      maxBytes: 1024 ** 3,
      maxCompanyShare: 0.5,
      sourceConcurrency: undefined,
      storeTimeoutMs: 250,
      compression: { minBytes: 16 * 1024 },
      cleanup: { cron: '0 */5 * * * *', batchSize: 500 },
      performance: {
        retentionMs: 90 * 24 * 3_600_000,
        maxRows: 1_000_000,
        rollupRetentionMs: 400 * 24 * 3_600_000,
        flushEveryMs: 1_000,
      },
      watermark: undefined,
      warmUp: undefined,
      shadowCheck: undefined,
      processes: { pollEveryMs: 250, maxStalenessMs: 1_000 },
      cacheStatusHeader: true,
      xCacheHeader: true,
      models: [],
    });
  });

  it('of a warm-up have the documented defaults once it is asked for', () => {
    const defaults = {
      identify: undefined,
      cron: undefined,
      afterInvalidationMs: undefined,
      maxRequests: 100,
      concurrency: 1,
      minCostMs: 100,
      lookBackMs: 7 * 24 * 3_600_000,
      maxDurationMs: 30 * 60_000,
    };
    expect(resolveOptions({ warmUp: {} }).warmUp).toEqual(defaults);
    expect(resolveOptions({ warmUp: { afterInvalidation: true } }).warmUp?.afterInvalidationMs).toBe(5_000);
    expect(resolveOptions({ warmUp: { afterInvalidation: {} } }).warmUp?.afterInvalidationMs).toBe(5_000);
    const delayed = resolveOptions({ warmUp: { afterInvalidation: { delay: '1m' } } });
    expect(delayed.warmUp?.afterInvalidationMs).toBe(60_000);
  });

  it('of a warm-up that mean nothing are refused by name', () => {
    const warmUp = {
      identify: 'robot',
      cron: 'at dawn',
      afterInvalidation: 'yes',
      maxRequests: 0,
      minCost: 'little',
    };
    expect(faultsOf({ warmUp })).toEqual([
      'warmUp.identify must be a function',
      expect.stringMatching(/^warmUp\.cron is not a cron expression/),
      'warmUp.afterInvalidation must be true, false or an object { delay }',
      'warmUp.maxRequests must be a whole number above zero',
      expect.stringMatching(/^warmUp\.minCost must be a duration/),
    ]);
    expect(faultsOf({ warmUp: { afterInvalidation: { delay: 'soon' } } })).toEqual([
      expect.stringMatching(/^warmUp\.afterInvalidation\.delay must be a duration/),
    ]);
  });

  it('given in part keep the other defaults of their group', () => {
    const { database, memory, cleanup, performance, watermark } = resolveOptions({
      database: { type: 'better-sqlite3' },
      memory: { maxEntries: 5 },
      cleanup: { batchSize: 50 },
      performance: { retention: '7d', maxRows: 5 },
      watermark: { source },
    });
    expect(database).toEqual({
      type: 'better-sqlite3',
      path: 'data/reports-cache.sqlite',
      busyTimeoutMs: 5_000,
    });
    expect(memory).toEqual({ maxBytes: 64 * 1024 ** 2, maxEntries: 5 });
    expect(cleanup).toEqual({ cron: '0 */5 * * * *', batchSize: 50 });
    expect(performance).toMatchObject({ retentionMs: 7 * 24 * 3_600_000, maxRows: 5, flushEveryMs: 1_000 });
    expect(watermark).toEqual({ source, everyMs: 30_000 });
  });

  it('are taken as they are given', () => {
    class Report {}
    const identify = () => ({ username: 'alice' });
    const file = join(tempFolder(), 'cache.sqlite');
    writeFileSync(file, '');
    const resolved = resolveOptions({
      database: { path: file, busyTimeout: 1 },
      ttl: '3y',
      memory: false,
      identify,
      maxEntryBytes: 1,
      maxBytes: '1.5gb',
      sourceConcurrency: 4,
      storeTimeout: '1s',
      cleanup: { cron: '*/10 * * * *' },
      performance: { flushEvery: 500 },
      cacheStatusHeader: false,
      xCacheHeader: false,
      models: [Report],
    });
    expect(resolved).toMatchObject({
      database: { path: file, busyTimeoutMs: 1 },
      memory: false,
      identify,
      maxEntryBytes: 1,
      maxBytes: 1.5 * 1024 ** 3,
      sourceConcurrency: 4,
      storeTimeoutMs: 1_000,
      cleanup: { cron: '*/10 * * * *' },
      performance: { flushEveryMs: 500 },
      cacheStatusHeader: false,
      xCacheHeader: false,
      models: [Report],
    });
    expect(resolved.ttlMs).toBeGreaterThan(3 * 365 * 24 * 3_600_000);
  });
});

describe('faults of the options', () => {
  it('are all named at once, each by its option', () => {
    const faults = faultsOf({
      tll: '5m',
      ttl: -1,
      database: { type: 'oracle', path: tempFolder(), busyTimeout: 'soon', filename: 'x' },
      memory: { maxBytes: 'much', maxEntries: 0 },
      cleanup: { cron: 'now and then', batchSize: 2.5 },
      performance: { retention: 0 },
      watermark: { source: {} },
      identify: 'alice',
      models: [class {}, 'Report'],
      xCacheHeader: 'yes',
    });
    const options = [
      'tll',
      'ttl',
      'database.type',
      'database.path',
      'database.busyTimeout',
      'database.filename',
      'memory.maxBytes',
      'memory.maxEntries',
      'cleanup.cron',
      'cleanup.batchSize',
      'performance.retention',
      'watermark.source',
      'identify',
      'models.0',
      'models.1',
      'xCacheHeader',
    ];
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(options.sort());
  });

  it('are in the message, one a line', () => {
    expect(() => resolveOptions({ ttl: 0, maxBytes: -1 })).toThrow(
      /options are invalid:\n {2}- ttl must be a duration.*\n {2}- maxBytes must be a size/,
    );
  });

  it('stay one line each, whatever a file of settings holds', () => {
    expect(() => resolveOptions({ 'tll\n  - all is well\u001b[2J': 1 } as never)).toThrow(
      /:\n {2}- tll\\u000a {2}- all is well\\u001b\[2J is not an option$/,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown key', { cache: true }, /^cache is not an option$/],
    ['an unknown key in a group', { memory: { size: 1 } }, /^memory.size is not an option$/],
    ['options that are no object', 'fast', /^the options /],
    ['null', null, /^the options /],
    ['a TTL of 0', { ttl: 0 }, /^ttl must be a duration above zero/],
    ['a TTL that is not a number', { ttl: NaN }, /^ttl must be a duration/],
    ['a TTL that cannot be read', { ttl: '5 minuten' }, /^ttl must be a duration/],
    ['a TTL of null', { ttl: null }, /^ttl must be a duration/],
    ['memory that is true', { memory: true }, /^memory must be an object or false$/],
    ['compression that is true', { compression: true }, /^compression must be an object or false$/],
    [
      'a compressed size that cannot be read',
      { compression: { minBytes: 0 } },
      /^compression\.minBytes must be a size/,
    ],
    ['memory that is null', { memory: null }, /^memory must be an object or false$/],
    ['a size of 0', { maxBytes: 0 }, /^maxBytes must be a size above zero/],
    ['less than a byte', { maxBytes: 0.5 }, /^maxBytes must be a size above zero/],
    ['a size that cannot be read', { maxEntryBytes: '64 elephants' }, /^maxEntryBytes must be a size/],
    ['no concurrency', { sourceConcurrency: 0 }, /^sourceConcurrency must be a whole number above zero/],
    ['a shadow check without a share', { shadowCheck: {} }, /^shadowCheck\.share must be a number above 0/],
    [
      'a shadow check of more than all',
      { shadowCheck: { share: 2 } },
      /^shadowCheck\.share must be a number/,
    ],
    [
      'a shadow check that runs too many',
      { shadowCheck: { share: 1, maxConcurrency: 101 } },
      /^shadowCheck\.maxConcurrency must not be above 100/,
    ],
    ['a share of nothing', { maxCompanyShare: 0 }, /^maxCompanyShare must be a number above 0/],
    ['a share above all', { maxCompanyShare: 1.5 }, /^maxCompanyShare must be a number above 0/],
    ['a share that is no number', { maxCompanyShare: '50%' }, /^maxCompanyShare must be a number above 0/],
    ['a log of no rows', { performance: { maxRows: 0 } }, /^performance.maxRows must be a whole number/],
    ['a cron of four fields', { cleanup: { cron: '* * * *' } }, /^cleanup.cron is not a cron expression/],
    ['a cron that is no text', { cleanup: { cron: 5 } }, /^cleanup.cron /],
    [
      'a day that never comes',
      { cleanup: { cron: '0 0 31 2 *' } },
      /^cleanup.cron is not .* with a date to come/,
    ],
    ['an empty path', { database: { path: '' } }, /^database.path must not be empty/],
    [':memory:', { database: { path: ':memory:' } }, /^database.path must be a file/],
    ['a path with a NUL', { database: { path: 'a\0b' } }, /^database.path must not hold a NUL/],
    ['a watermark without a source', { watermark: {} }, /^watermark.source must be an object with a method/],
    ['a source class without the method', { watermark: { source: class {} } }, /^watermark.source must be/],
  ])('%s', (_, options, fault) => {
    const faults = faultsOf(options);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  const KEY = Buffer.alloc(32, 0xa7).toString('hex');

  test.each<[string, unknown, RegExp]>([
    ['a key instead of a list', KEY, /^encryption /],
    ['no keys', { keys: [] }, /^encryption.keys.0 must be an object { id, key }/],
    ['a key without an id', { keys: [KEY] }, /^encryption.keys.0 must be an object/],
    [
      'a key in the place of its id',
      { keys: [{ id: KEY, key: KEY }] },
      /^encryption.keys.0.id must be 1 to 32/,
    ],
    ['an id that would end its part of the format', { keys: [{ id: 'a/b', key: KEY }] }, /keys.0.id must be/],
    [
      'a key that is too short',
      { keys: [{ id: 'a', key: KEY.slice(2) }] },
      /^encryption.keys.0.key must be 32 bytes/,
    ],
    [
      'a second key that is too long',
      {
        keys: [
          { id: 'a', key: KEY },
          { id: 'b', key: `${KEY}0` },
        ],
      },
      /keys.1.key must/,
    ],
    [
      'two keys of one id',
      {
        keys: [
          { id: 'a', key: KEY },
          { id: 'a', key: KEY },
        ],
      },
      /^encryption.keys must each have/,
    ],
  ])('of the encryption name the option and never the key: %s', (_, encryption, fault) => {
    const faults = faultsOf({ encryption });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
    expect(faults[0]).not.toContain(KEY.slice(2, 20));
  });

  it('do not include a path that cannot be looked at: the app starts, degraded', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(faultsOf({ database: { path: join(file, 'below', 'cache.sqlite') } })).toEqual([]);
    expect(faultsOf({ database: { path: 'a-folder-not-yet-there/cache.sqlite' } })).toEqual([]);
  });

  it('do not include a watermark source of any documented form', () => {
    class Books {
      readWatermarks = () => Promise.resolve([]);
    }
    class BooksWithMethod {
      readWatermarks() {
        return Promise.resolve([]);
      }
    }
    expect(faultsOf({ watermark: { source } })).toEqual([]);
    expect(faultsOf({ watermark: { source: new Books() } })).toEqual([]);
    expect(faultsOf({ watermark: { source: BooksWithMethod } })).toEqual([]);
  });
});

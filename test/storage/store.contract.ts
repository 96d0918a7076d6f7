import { describe, expect, test } from 'vitest';
import { CacheConfigRepository } from '../../src/storage/repositories/cache-config.repository.js';
import { weightOf } from '../../src/storage/entries/choose-surplus.js';
import { CacheEntryRepository } from '../../src/storage/repositories/cache-entry.repository.js';
import type { StoredEntry } from '../../src/storage/entries/entry.js';
import { CacheWatermarkRepository } from '../../src/storage/repositories/cache-watermark.repository.js';
import {
  PerformanceLogRepository,
  type PerformanceSampleRow,
} from '../../src/storage/repositories/performance-log.repository.js';
import { QueryBenchmarkRepository } from '../../src/storage/repositories/query-benchmark.repository.js';
import { SchemaMappingRepository } from '../../src/storage/repositories/schema-mapping.repository.js';
import { UserCacheSettingRepository } from '../../src/storage/repositories/user-cache-setting.repository.js';
import type { Database } from '../../src/storage/database.js';
import { databaseOptions, type Driver, openDatabase, rowsOf } from './open-database.js';
import { postgresOptions } from '../support/postgres.js';
import { MINUTE, someEntry, T0 } from './some-entry.js';

/**
 * What every driver must do. Each has a spec of its own that runs it.
 * @param optionsOf of a database of the test's own
 */
export function describeStore(
  driver: Driver | 'postgres',
  optionsOf = () => (driver === 'postgres' ? postgresOptions() : databaseOptions(driver)),
): void {
  const open = () => openDatabase(optionsOf());
  const bytes = (hex: string) => (driver === 'postgres' ? `'\\x${hex}'::bytea` : `x'${hex}'`);

  describe(`the store on ${driver}: entries`, () => {
    test('what was put comes back as it was', async () => {
      const entries = new CacheEntryRepository(await open());
      const entry = someEntry({
        companyId: null,
        username: 'alice',
        tags: ['ledger', 'year:2026'],
        graceUntil: T0 + 60 * MINUTE,
        bytes: Buffer.from([0, 255, 128, 0, 39]),
      });
      await entries.put(entry);
      expect(await entries.find('key-1')).toEqual(entry);
      expect(await entries.find('another')).toBe('absent');
    });

    test('an empty payload and one of five megabytes come back', async () => {
      const entries = new CacheEntryRepository(await open());
      const large = Buffer.alloc(5 * 1024 * 1024, 'report ');
      await Promise.all([
        entries.put(someEntry({ key: 'empty', bytes: Buffer.alloc(0) })),
        entries.put(someEntry({ key: 'large', bytes: large })),
      ]);
      expect(await entries.find('empty')).toMatchObject({ bytes: Buffer.alloc(0) });
      const found = await entries.find('large');
      expect(typeof found === 'object' && found.bytes.equals(large)).toBe(true);
    });

    test('lookups of one moment share a query and each get their own answer', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
      await Promise.all(keys.map((key) => entries.put(someEntry({ key, bytes: Buffer.from(key) }))));
      const found = await Promise.all([...keys, 'absent-1', 'key-5'].map((key) => entries.find(key)));
      expect(found.map((entry) => (typeof entry === 'object' ? entry.bytes.toString() : entry))).toEqual([
        ...keys,
        'absent',
        'key-5',
      ]);
    });

    test('a replaced entry keeps its hit count and has the new tags only', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry({ tags: ['old', 'both'] }));
      await entries.recordHits([{ key: 'key-1', hits: 3, lastAccessed: T0 + 5 }]);
      await entries.put(someEntry({ tags: ['both', 'new'], bytes: Buffer.from('newer') }));
      expect(await entries.find('key-1')).toMatchObject({
        tags: ['both', 'new'],
        bytes: Buffer.from('newer'),
      });
      expect(await rowsOf(database, 'SELECT hit_count FROM cache_entries')).toEqual([{ hit_count: 3 }]);
    });

    test('of two puts of one key at once the later wins', async () => {
      const entries = new CacheEntryRepository(await open());
      await Promise.all([
        entries.put(someEntry({ bytes: Buffer.from('first'), tags: ['a'] })),
        entries.put(someEntry({ bytes: Buffer.from('second'), tags: ['b'] })),
      ]);
      expect(await entries.find('key-1')).toMatchObject({ bytes: Buffer.from('second'), tags: ['b'] });
    });

    test('a put, a removal and a put happen in that order', async () => {
      const entries = new CacheEntryRepository(await open());
      const [, removed] = await Promise.all([
        entries.put(someEntry({ key: 'a' })),
        entries.remove({}),
        entries.put(someEntry({ key: 'b' })),
      ]);
      expect(removed).toBe(1);
      expect(await entries.find('a')).toBe('absent');
      expect(await entries.find('b')).toMatchObject({ key: 'b' });
    });

    test('hits add up, and last_accessed never goes back', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry());
      await entries.recordHits([
        { key: 'key-1', hits: 2, lastAccessed: T0 + 90 },
        { key: 'key-1', hits: 1, lastAccessed: T0 + 70 },
        { key: 'gone', hits: 9, lastAccessed: T0 },
      ]);
      await entries.recordHits([{ key: 'key-1', hits: 1, lastAccessed: T0 + 80 }]);
      await entries.recordHits([]);
      expect(await rowsOf(database, 'SELECT hit_count, last_accessed FROM cache_entries')).toEqual([
        { hit_count: 4, last_accessed: T0 + 90 },
      ]);
    });

    test.each([
      { selector: { key: 'a' }, gone: ['a'] },
      { selector: { type: 'sales' }, gone: ['b', 'c'] },
      { selector: { companyId: '7' }, gone: ['a', 'b'] },
      { selector: { type: 'sales', companyId: '7' }, gone: ['b'] },
      { selector: { username: 'alice' }, gone: ['c'] },
      { selector: { tags: ['x', 'y'] }, gone: ['a', 'c', 'd'] },
      { selector: { tags: ['x'], companyId: '8' }, gone: ['c'] },
      { selector: { tags: [] }, gone: [] },
      { selector: { companyId: '%' }, gone: [] },
      { selector: {}, gone: ['a', 'b', 'c', 'd'] },
    ])('remove($selector) drops exactly $gone, with payloads and tags', async ({ selector, gone }) => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await Promise.all([
        entries.put(someEntry({ key: 'a', tags: ['x', 'y'] })),
        entries.put(someEntry({ key: 'b', type: 'sales', tags: ['z'] })),
        entries.put(someEntry({ key: 'c', type: 'sales', companyId: '8', username: 'alice', tags: ['x'] })),
        entries.put(someEntry({ key: 'd', companyId: null, tags: ['y'] })),
      ]);
      expect(await entries.remove(selector)).toBe(gone.length);
      const left = ['a', 'b', 'c', 'd'].filter((key) => !gone.includes(key));
      for (const table of ['cache_entries', 'cache_payloads', 'cache_entry_tags']) {
        const rows = await rowsOf<{ key: string }>(
          database,
          `SELECT DISTINCT cache_key AS key FROM ${table} ORDER BY 1`,
        );
        expect(rows.map((row) => row.key)).toEqual(left);
      }
    });

    test('a removal of more rows than one statement takes removes them all', async () => {
      const entries = new CacheEntryRepository(await open());
      await putMany(entries, 1_203);
      expect(await entries.remove({ type: 'trial-balance' })).toBe(1_203);
      expect((await entries.counts(T0)).totalEntries).toBe(0);
    });

    test('expired entries go in bounded batches, those in grace stay', async () => {
      const entries = new CacheEntryRepository(await open());
      await putMany(entries, 10);
      await entries.put(someEntry({ key: 'grace', graceUntil: T0 + 60 * MINUTE }));
      await entries.put(someEntry({ key: 'live', expiresAt: T0 + 60 * MINUTE }));
      const now = T0 + 15 * MINUTE;
      expect(await entries.removeExpired(now - 1, 100)).toBe(0);
      expect(await entries.removeExpired(now, 7)).toBe(7);
      expect(await entries.removeExpired(now, 7)).toBe(3);
      expect(await entries.removeExpired(now, 7)).toBe(0);
      expect(await entries.find('grace')).toMatchObject({ key: 'grace' });
      expect(await entries.find('live')).toMatchObject({ key: 'live' });
    });

    describe('beyond their bounds', () => {
      const PAYLOAD = 100;
      const nobodyCrowds = (maxBytes: number) => ({ maxBytes, maxCompanyBytes: Infinity });

      async function putAll(keys: readonly string[], overrides: Partial<StoredEntry> = {}) {
        const entries = new CacheEntryRepository(await open());
        await putFurther(entries, keys, overrides);
        return entries;
      }

      async function putFurther(
        entries: CacheEntryRepository,
        keys: readonly string[],
        overrides: Partial<StoredEntry> = {},
      ): Promise<void> {
        for (const key of keys) {
          const createdAt = T0 + key.charCodeAt(0);
          await entries.put(someEntry({ key, createdAt, bytes: Buffer.alloc(PAYLOAD), ...overrides }));
        }
      }

      async function present(entries: CacheEntryRepository, keys: readonly string[]): Promise<string> {
        const found = await Promise.all(
          keys.map(async (key) => ((await entries.find(key)) === 'absent' ? '' : key)),
        );
        return found.join('');
      }

      test('the least recently stored go first, and no more of them than needed', async () => {
        const keys = ['a', 'b', 'c', 'd'];
        const entries = await putAll(keys);
        expect(await entries.evictSurplus(nobodyCrowds(3 * weightOf(PAYLOAD) - 1), 10)).toBe(2);
        expect(await present(entries, keys)).toBe('cd');
        expect(await entries.evictSurplus(nobodyCrowds(1), 1)).toBe(1);
        expect(await entries.evictSurplus(nobodyCrowds(weightOf(PAYLOAD)), 10)).toBe(0);
        expect(await present(entries, keys)).toBe('d');
      });

      test('those never hit go before those that were, however old', async () => {
        const keys = ['a', 'b', 'c', 'd'];
        const entries = await putAll(keys);
        await entries.recordHits([
          { key: 'a', hits: 1, lastAccessed: T0 },
          { key: 'b', hits: 1, lastAccessed: T0 + 10_000 },
        ]);
        expect(await entries.evictSurplus(nobodyCrowds(weightOf(PAYLOAD)), 10)).toBe(3);
        expect(await present(entries, keys)).toBe('b');
      });

      test('those of a company that holds more than its share go before those of others', async () => {
        const keys = ['a', 'b', 'x', 'y', 'z'];
        const entries = await putAll(['a', 'b'], { companyId: '8' });
        await putFurther(entries, ['x', 'y', 'z'], { companyId: '7' });
        const weight = weightOf(PAYLOAD);
        const bounds = { maxBytes: 3 * weight, maxCompanyBytes: 2 * weight };
        expect(await entries.evictSurplus(bounds, 10)).toBe(1);
        expect(await present(entries, keys)).toBe('abyz');
        expect(await entries.evictSurplus(bounds, 10)).toBe(1);
        expect(await present(entries, keys)).toBe('byz');
        expect(await entries.evictSurplus(bounds, 10)).toBe(0);
      });

      test('a company alone may hold everything', async () => {
        const entries = await putAll(['a', 'b', 'c', 'd']);
        const bounds = { maxBytes: 4 * weightOf(PAYLOAD), maxCompanyBytes: 1 };
        expect(await entries.evictSurplus(bounds, 10)).toBe(0);
      });
    });

    test('what each company holds follows every put, replacement, move and removal', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      const sizes = () =>
        database.read((_manager, sql) => sql.all('SELECT * FROM cache_company_sizes ORDER BY company_id'));
      await entries.put(someEntry({ key: 'a', companyId: '7', bytes: Buffer.alloc(100) }));
      await entries.put(someEntry({ key: 'b', companyId: '7', bytes: Buffer.alloc(10) }));
      await entries.put(someEntry({ key: 'c', companyId: null }));
      await entries.put(someEntry({ key: 'a', companyId: '7', bytes: Buffer.alloc(30) }));
      expect(await sizes()).toEqual([{ company_id: '7', entries: 2, bytes: 40 }]);
      await entries.put(someEntry({ key: 'b', companyId: '8', bytes: Buffer.alloc(10) }));
      await entries.put(someEntry({ key: 'c', companyId: '8', bytes: Buffer.alloc(5) }));
      expect(await sizes()).toEqual([
        { company_id: '7', entries: 1, bytes: 30 },
        { company_id: '8', entries: 2, bytes: 15 },
      ]);
      await entries.put(someEntry({ key: 'c', companyId: null }));
      await entries.remove({ companyId: '7' });
      expect(await sizes()).toEqual([{ company_id: '8', entries: 1, bytes: 10 }]);
    });

    test.skipIf(driver === 'postgres')(
      'a column that damage has made a BLOB spoils its own entry alone',
      async () => {
        const database = await open();
        const entries = new CacheEntryRepository(database);
        for (const key of ['whole', 'damaged']) await entries.put(someEntry({ key }));
        await database.write((_manager, sql) =>
          sql.run(
            `UPDATE cache_entries SET company_id = x'37ff', load_ms = x'00' WHERE cache_key = 'damaged'`,
          ),
        );
        const lookups = await Promise.all(['whole', 'damaged'].map((key) => entries.find(key)));
        expect(lookups).toEqual([someEntry({ key: 'whole' }), 'damaged']);
      },
    );

    test('a load time comes back to its last bit', async () => {
      const entries = new CacheEntryRepository(await open());
      for (const loadMs of [0.1 + 0.2, 1 / 3, 1_234.567_890_123_456_7, 5e-324, Number.MAX_VALUE]) {
        await entries.put(someEntry({ loadMs }));
        expect(await entries.find('key-1')).toMatchObject({ loadMs });
      }
    });

    test('of more entries than are sorted, those that go have been unused for long', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry({ bytes: Buffer.alloc(100) }));
      await database.write((_manager, sql) => sql.run(TWENTY_THOUSAND_MORE));
      expect(await entries.evictSurplus({ maxBytes: 1, maxCompanyBytes: Infinity }, 500)).toBe(500);
      const used = 'SELECT COUNT(*) AS count FROM cache_entries WHERE last_accessed > 10000';
      expect(await rowsOf(database, used)).toEqual([{ count: 10_001 }]);
    });

    test('an entry that changes its type and company is found by the new ones alone', async () => {
      const entries = new CacheEntryRepository(await open());
      await entries.put(someEntry({ key: 'stays' }));
      await entries.put(someEntry({ key: 'moves' }));
      await Promise.all([
        entries.put(someEntry({ key: 'stays', loadMs: 1 })),
        entries.put(someEntry({ key: 'moves', loadMs: 1, type: 'ledger', companyId: null })),
        entries.put(someEntry({ key: 'new', loadMs: 1 })),
      ]);
      expect(await entries.find('moves')).toMatchObject({ type: 'ledger', companyId: null, loadMs: 1 });
      expect((await entries.counts(T0)).totalEntries).toBe(3);
      expect(await entries.remove({ companyId: '7' })).toBe(2);
      expect(await entries.remove({ type: 'ledger' })).toBe(1);
    });

    test('counts follow every put, replacement and removal', async () => {
      const entries = new CacheEntryRepository(await open());
      await entries.put(someEntry({ key: 'a', bytes: Buffer.alloc(100) }));
      await entries.put(someEntry({ key: 'b', bytes: Buffer.alloc(10), expiresAt: T0 + 1 }));
      await entries.put(someEntry({ key: 'a', bytes: Buffer.alloc(30) }));
      expect(await entries.counts(T0 + 1)).toEqual({
        totalEntries: 2,
        activeEntries: 1,
        expiredEntries: 1,
        totalBytes: 40,
      });
      await entries.remove({ key: 'b' });
      expect(await entries.counts(T0)).toMatchObject({ totalEntries: 1, activeEntries: 1, totalBytes: 30 });
    });

    test('only companies with an entry that can still be served are listed, each once', async () => {
      const entries = new CacheEntryRepository(await open());
      expect(await entries.liveCompanyIds(T0)).toEqual([]);
      await Promise.all([
        entries.put(someEntry({ key: 'a', companyId: '7' })),
        entries.put(someEntry({ key: 'b', companyId: '7' })),
        entries.put(someEntry({ key: 'c', companyId: '10', expiresAt: T0 + 1 })),
        entries.put(someEntry({ key: 'd', companyId: 'acme', expiresAt: T0 + 1, graceUntil: T0 + 9 })),
        entries.put(someEntry({ key: 'e', companyId: null })),
      ]);
      expect(await entries.liveCompanyIds(T0 + 1)).toEqual(['7', 'acme']);
    });

    test.each([
      ['a payload byte', `UPDATE cache_payloads SET body = ${bytes('7b7d')}`],
      ['the company', `UPDATE cache_entries SET company_id = '8'`],
      ['the expiry', 'UPDATE cache_entries SET expires_at = expires_at + 1'],
      ['the format', `UPDATE cache_payloads SET format = 'value/2'`],
      ['a tag', `UPDATE cache_entry_tags SET tag = 'y'`],
      ['the whole payload', 'DELETE FROM cache_payloads'],
    ])('damage to %s is noticed and the row removed', async (_what, damage) => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry({ tags: ['x'] }));
      await database.write((_manager, sql) => sql.run(damage));
      expect(await entries.find('key-1')).toBe('damaged');
      await database.write(() => Promise.resolve());
      expect(await entries.find('key-1')).toBe('absent');
    });

    test.skipIf(driver === 'postgres')(
      'a tag that has become a blob takes no other entry of the query with it',
      async () => {
        const database = await open();
        const entries = new CacheEntryRepository(database);
        await entries.put(someEntry({ key: 'damaged', tags: ['x'] }));
        await entries.put(someEntry({ key: 'sound', tags: ['y'] }));
        await database.write((_manager, sql) =>
          sql.run(`UPDATE cache_entry_tags SET tag = x'ff' WHERE tag = 'x'`),
        );
        const [damaged, sound] = await Promise.all([entries.find('damaged'), entries.find('sound')]);
        expect(damaged).toBe('damaged');
        expect(sound).toMatchObject({ key: 'sound', tags: ['y'] });
      },
    );

    test('the removal of a damaged row spares an entry stored meanwhile', async () => {
      const database = await open();
      const entries = new CacheEntryRepository(database);
      await entries.put(someEntry());
      await database.write((_manager, sql) => sql.run(`UPDATE cache_payloads SET body = ${bytes('00')}`));
      const [found] = await Promise.all([entries.find('key-1'), queuedBehindALongWrite(database, entries)]);
      expect(found).toBe('damaged');
      await database.write(() => Promise.resolve());
      expect(await entries.find('key-1')).toMatchObject({ createdAt: T0 + 1 });
    });
  });

  describe(`the store on ${driver}: settings, watermarks and benchmarks`, () => {
    test('a schema mapping keeps its creation time when it changes', async () => {
      const mappings = new SchemaMappingRepository(await open());
      expect(await mappings.find('7')).toBeNull();
      await mappings.upsert('7', 'erp_7', T0);
      await mappings.upsert('7', 'erp_seven', T0 + 5);
      await mappings.upsert('10', 'erp_10', T0);
      const seven = { companyId: '7', schema: 'erp_seven', createdAt: T0, lastVerified: T0 + 5 };
      expect(await mappings.find('7')).toEqual(seven);
      expect((await mappings.all()).map((row) => row.companyId)).toEqual(['10', '7']);
    });

    test('a user setting keeps its creation time when it changes', async () => {
      const settings = new UserCacheSettingRepository(await open());
      await settings.upsert('alice', false, T0);
      await settings.upsert('bob', false, T0);
      await settings.upsert('alice', true, T0 + 5);
      expect(await settings.find('alice')).toEqual({
        username: 'alice',
        cacheEnabled: true,
        createdAt: T0,
        updatedAt: T0 + 5,
      });
      expect(await settings.disabledUsernames()).toEqual(['bob']);
    });

    test('configuration is stored, changed, listed and removed', async () => {
      const config = new CacheConfigRepository(await open());
      await config.upsert('a', '1', T0);
      await config.upsert('a', '2', T0 + 5);
      expect(await config.find('a')).toEqual({ key: 'a', value: '2', updatedAt: T0 + 5 });
      expect(await config.all()).toHaveLength(1);
      expect(await config.remove('a')).toBe(true);
      expect(await config.remove('a')).toBe(false);
      expect(await config.find('a')).toBeNull();
    });

    test('a watermark never goes back in time', async () => {
      const watermarks = new CacheWatermarkRepository(await open());
      const row = { companyId: '7', schema: 'erp_7', maxIdAct: '[2]', checkedAt: T0 };
      expect(await watermarks.upsert(row)).toBe(true);
      expect(await watermarks.upsert({ ...row, maxIdAct: '[1]', checkedAt: T0 - 1 })).toBe(false);
      expect(await watermarks.find('7')).toEqual(row);
      expect(await watermarks.upsert({ ...row, maxIdAct: '[1]', checkedAt: T0 + 1 })).toBe(true);
      expect(await watermarks.all()).toEqual([{ ...row, maxIdAct: '[1]', checkedAt: T0 + 1 }]);
    });

    test('concurrent samples of a benchmark are all counted', async () => {
      const benchmarks = new QueryBenchmarkRepository(await open());
      await benchmarks.save('sales', 100, 1, T0);
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => benchmarks.addSamples('sales', index + 1, 1, T0 + index)),
      );
      await benchmarks.addSamples('sales', 0, 0, T0);
      await benchmarks.addSamples('fresh', 30, 3, T0);
      const sales = await benchmarks.find('sales');
      expect(sales?.sampleCount).toBe(51);
      expect(sales?.avgTimeMs).toBeCloseTo((100 + (50 * 51) / 2) / 51, 6);
      expect(await benchmarks.find('fresh')).toMatchObject({
        avgTimeMs: 10,
        sampleCount: 3,
        lastUpdated: T0,
      });
      expect((await benchmarks.all()).map((row) => row.cacheType)).toEqual(['fresh', 'sales']);
    });
  });

  describe(`the store on ${driver}: performance log`, () => {
    const sample = (overrides: Partial<PerformanceSampleRow> = {}): PerformanceSampleRow => ({
      cacheType: 'sales',
      companyId: '7',
      cacheHit: true,
      responseTimeMs: 1,
      estimatedOracleTimeMs: 100,
      timeSavedMs: 99,
      username: 'alice',
      timestamp: T0,
      ...overrides,
    });

    test('rows are appended together and removed oldest first', async () => {
      const database = await open();
      const log = new PerformanceLogRepository(database);
      const before = database.commits;
      await log.append(Array.from({ length: 200 }, (_, index) => sample({ timestamp: T0 + index })));
      await log.append([]);
      expect(database.commits - before).toBe(1);
      expect(await log.removeOlderThan(T0 + 100, 60)).toBe(60);
      expect(await log.removeOlderThan(T0 + 100, 60)).toBe(40);
      const [oldest] = await rowsOf<{ t: number }>(
        database,
        'SELECT MIN(timestamp) AS t FROM performance_log',
      );
      expect(oldest?.t).toBe(T0 + 100);
    });

    test('a bad row leaves none of its append behind', async () => {
      const database = await open();
      const log = new PerformanceLogRepository(database);
      const bad = sample({ cacheType: null as unknown as string });
      await expect(log.append([...Array.from({ length: 70 }, () => sample()), bad])).rejects.toThrow();
      expect(await rowsOf(database, 'SELECT id FROM performance_log')).toEqual([]);
    });

    test('percentiles are by nearest rank, apart for hits and misses', async () => {
      const log = new PerformanceLogRepository(await open());
      await log.append([
        ...Array.from({ length: 20 }, (_, index) => sample({ responseTimeMs: 20 - index })),
        ...[700, 100, 400].map((responseTimeMs) =>
          sample({ cacheHit: false, responseTimeMs, timeSavedMs: null, companyId: null }),
        ),
        sample({ cacheType: 'profit', responseTimeMs: 5, timeSavedMs: 7, timestamp: T0 + 10 }),
      ]);
      const summary = await log.summarize();
      const misses = { misses: 3, missP50: 400, missP95: 700 };
      expect(summary.byType).toEqual([
        {
          type: 'profit',
          hits: 1,
          misses: 0,
          hitP50: 5,
          hitP95: 5,
          missP50: null,
          missP95: null,
          timeSavedMs: 7,
        },
        { type: 'sales', hits: 20, hitP50: 10, hitP95: 19, timeSavedMs: 1_980, ...misses },
      ]);
      expect(summary.byCompany).toEqual([
        { companyId: null, hits: 0, hitP50: null, hitP95: null, timeSavedMs: 0, ...misses },
        expect.objectContaining({ companyId: '7', hits: 21, misses: 0 }),
      ]);
      expect(summary.overall).toMatchObject({ hits: 21, timeSavedMs: 1_987, ...misses });
    });

    test('a summary holds what its filter lets through, and nothing of an empty log', async () => {
      const log = new PerformanceLogRepository(await open());
      expect(await log.summarize()).toEqual({
        overall: {
          hits: 0,
          misses: 0,
          hitP50: null,
          hitP95: null,
          missP50: null,
          missP95: null,
          timeSavedMs: 0,
        },
        byType: [],
        byCompany: [],
      });
      await log.append([
        sample({ timestamp: T0 - 1 }),
        sample({ companyId: '8' }),
        sample({ cacheType: 'profit' }),
        sample(),
      ]);
      expect((await log.summarize({ since: T0 })).overall.hits).toBe(3);
      expect((await log.summarize({ type: 'profit' })).overall.hits).toBe(1);
      const narrow = await log.summarize({ since: T0, type: 'sales', companyId: '7' });
      expect(narrow.overall.hits).toBe(1);
    });
  });
}

async function putMany(entries: CacheEntryRepository, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) => entries.put(someEntry({ key: `many-${index}` }))),
  );
}

/** Keeps the gate busy, so that a put is queued before the removal that a lookup asks for meanwhile. */
async function queuedBehindALongWrite(database: Database, entries: CacheEntryRepository): Promise<void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const long = database.write(() => held);
  const put = entries.put(someEntry({ createdAt: T0 + 1 }));
  setTimeout(release, 20);
  await Promise.all([long, put]);
}

/** Half of them unused for long; as many as the triggers count. */
const TWENTY_THOUSAND_MORE = `
  WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
  INSERT INTO cache_entries
    (cache_key, cache_type, tags, created_at, expires_at, grace_until, load_ms, byte_size, last_accessed)
  SELECT 'more-' || n, 'ledger', '[]', ${T0}, ${T0}, ${T0}, 0, 100, CASE n % 2 WHEN 0 THEN n % 97 ELSE ${T0} END
  FROM number`;

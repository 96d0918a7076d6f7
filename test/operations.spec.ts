import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { describe, expect, test } from 'vitest';
import {
  BenchmarkService,
  CacheConfigService,
  PerformanceLogService,
  REPORTS_CACHE_DATA_SOURCE,
  ReportsCacheHealthIndicator,
  SchemaMappingService,
  UserCacheSettingsService,
  WatermarkService,
  type ReportsCacheOptions,
} from '../src/index.js';
import { DRIVERS, loseConnection, restart, startCacheApp, type CacheApp } from './module/cache-app.js';
import { tempFolder } from './support/temp-folder.js';
import { POSTGRES_URL } from './support/postgres.js';
import { onPostgres } from './support/test-store.js';

const YEAR = 365 * 24 * 3_600_000;

class Money {
  constructor(
    readonly amount: Decimal,
    readonly currency: string,
  ) {}

  toString(): string {
    return `${this.amount.toFixed(2)} ${this.currency}`;
  }
}

describe.each(DRIVERS)('the operations on %s', (type) => {
  const options: ReportsCacheOptions = { database: { type }, models: [Money] };
  const start = () => startCacheApp({ cache: options });
  const again = (app: CacheApp) => restart(app, options);

  describe('entries', () => {
    test('get finds what was set, also after a restart', async () => {
      const app = await start();
      expect(await app.service.set('k', { total: 12 }, { type: 'trial-balance' })).toBe(true);
      expect(await app.service.get('k')).toEqual({ total: 12 });
      expect(await (await again(app)).service.get('k')).toEqual({ total: 12 });
    });

    test('get of a key that is not there is undefined', async () => {
      const { service } = await start();
      expect(await service.get('nothing')).toBeUndefined();
    });

    test('a hit counts and stamps last_accessed', async () => {
      const app = await start();
      await app.service.set('k', 1, { type: 't' });
      await app.service.set('never-asked', 1, { type: 't' });
      const storedAt = app.clock.now();
      app.clock.advance(1_000);
      await app.service.get('k');
      app.clock.advance(1_000);
      await app.service.get('k');
      const rows = await (
        await again(app)
      ).rows('SELECT cache_key, hit_count, last_accessed FROM cache_entries ORDER BY cache_key');
      expect(rows.map((row) => Object.values(row))).toEqual([
        ['k', 2, storedAt + 2_000],
        ['never-asked', 0, storedAt],
      ]);
    });

    test('an expired entry is a miss and goes', async () => {
      const app = await start();
      await app.service.set('k', 1, { type: 't', ttl: 1_000 });
      app.clock.advance(1_000);
      expect(await app.service.get('k')).toBeUndefined();
      await expect
        .poll(() => app.rows('SELECT * FROM cache_entries'), { interval: 5, timeout: 10_000 })
        .toEqual([]);
    });

    test('set stores key, type, company, creation and expiry', async () => {
      const app = await start();
      const now = app.clock.now();
      await app.service.set('a', 1, { type: 'trial-balance', companyId: 7, ttl: '1h' });
      await app.service.set('b', 1, { type: 'rates' });
      const columns = 'cache_key, cache_type, company_id, created_at, expires_at, hit_count, last_accessed';
      expect(await app.rows(`SELECT ${columns} FROM cache_entries ORDER BY cache_key`)).toEqual([
        {
          cache_key: 'a',
          cache_type: 'trial-balance',
          company_id: '7',
          created_at: now,
          expires_at: now + 3_600_000,
          hit_count: 0,
          last_accessed: now,
        },
        {
          cache_key: 'b',
          cache_type: 'rates',
          company_id: null,
          created_at: now,
          expires_at: now + 15 * 60_000,
          hit_count: 0,
          last_accessed: now,
        },
      ]);
    });

    test('set replaces what was there, with a TTL of its own', async () => {
      const app = await start();
      await app.service.set('k', 'old', { type: 't', ttl: 1_000 });
      await app.service.set('k', 'new', { type: 't', ttl: 5_000 });
      app.clock.advance(4_999);
      expect(await app.service.get('k')).toBe('new');
      expect(await app.service.getStats()).toMatchObject({ totalEntries: 1 });
    });

    test('delete answers whether the entry was there', async () => {
      const app = await start();
      await app.service.set('k', 1, { type: 't' });
      expect(await app.service.delete('k')).toBe(true);
      expect(await app.service.delete('k')).toBe(false);
      expect(await app.service.get('k')).toBeUndefined();
      expect(await (await again(app)).service.get('k')).toBeUndefined();
    });

    test.each([
      ['clear', (app: CacheApp) => app.service.clear(), ['a7', 'a8', 'b7', 'global']],
      ['clearByCompany', (app: CacheApp) => app.service.clearByCompany('7'), ['a7', 'b7']],
      ['clearByType', (app: CacheApp) => app.service.clearByType('a'), ['a7', 'a8']],
      ['clearByTag', (app: CacheApp) => app.service.clearByTag('ledger'), ['a7', 'global']],
    ])('%s drops exactly what it names', async (_name, clear, dropped) => {
      const app = await start();
      await app.service.set('a7', 1, { type: 'a', companyId: 7, tags: ['ledger', 'q1'] });
      await app.service.set('a8', 1, { type: 'a', companyId: 8, tags: ['q1'] });
      await app.service.set('b7', 1, { type: 'b', companyId: 7 });
      await app.service.set('global', 1, { type: 'c', tags: ['ledger'] });
      expect(await clear(app)).toBe(dropped.length);
      const kept = ['a7', 'a8', 'b7', 'global'].filter((key) => !dropped.includes(key));
      const present = async ({ service }: CacheApp): Promise<string[]> => {
        const values = await Promise.all(['a7', 'a8', 'b7', 'global'].map((key) => service.get(key)));
        return ['a7', 'a8', 'b7', 'global'].filter((_key, index) => values[index] !== undefined);
      };
      expect(await present(app)).toEqual(kept);
      expect(await present(await again(app))).toEqual(kept);
    });

    test('cleanupExpired answers how many went', async () => {
      const app = await start();
      for (const key of ['a', 'b', 'c']) await app.service.set(key, 1, { type: 't', ttl: 1_000 });
      await app.service.set('lives', 1, { type: 't', ttl: 1_001 });
      app.clock.advance(1_000);
      expect(await app.service.cleanupExpired()).toBe(3);
      expect(await app.service.cleanupExpired()).toBe(0);
      expect(await app.rows('SELECT cache_key FROM cache_payloads')).toEqual([{ cache_key: 'lives' }]);
    });
  });

  describe('schema mappings', () => {
    test('get answers the schema that was set, undefined for a company without one', async () => {
      const app = await start();
      const mappings = app.get(SchemaMappingService);
      await mappings.set(7, 'ACME_2026');
      expect(await mappings.get('7')).toBe('ACME_2026');
      expect(await mappings.get(8)).toBeUndefined();
    });

    test('a mapping never expires', async () => {
      const app = await start();
      await app.get(SchemaMappingService).set(7, 'ACME');
      app.clock.advance(50 * YEAR);
      await app.service.cleanupExpired();
      expect(await (await again(app)).get(SchemaMappingService).get(7)).toBe('ACME');
    });
  });

  describe('benchmarks', () => {
    test('get answers the average and sample count that were set', async () => {
      const app = await start();
      await app.get(BenchmarkService).set('trial-balance', 1_234.5, 20);
      const expected = { avgTimeMs: 1_234.5, sampleCount: 20 };
      expect(await app.get(BenchmarkService).get('trial-balance')).toEqual(expected);
      expect(await (await again(app)).get(BenchmarkService).get('trial-balance')).toEqual(expected);
    });

    test('get of a type nobody measured is undefined', async () => {
      const app = await start();
      expect(await app.get(BenchmarkService).get('unknown')).toBeUndefined();
    });
  });

  describe('performance', () => {
    test('one request is logged with type, company, hit, times and user', async () => {
      const app = await start();
      const log = app.get(PerformanceLogService);
      log.log({
        type: 'trial-balance',
        companyId: '7',
        hit: true,
        responseTimeMs: 0.75,
        estimatedSourceTimeMs: 900,
        timeSavedMs: 899.25,
        username: 'alice',
        timestamp: app.clock.now(),
      });
      await log.flush();
      expect(await app.rows('SELECT * FROM performance_log')).toEqual([
        {
          id: 1,
          cache_type: 'trial-balance',
          company_id: '7',
          cache_hit: onPostgres ? true : 1,
          response_time_ms: 0.75,
          estimated_oracle_time_ms: 900,
          time_saved_ms: 899.25,
          username: 'alice',
          timestamp: app.clock.now(),
          outcome: null,
          miss_reason: null,
          source_time_ms: null,
        },
      ]);
    });
  });

  describe('user settings', () => {
    test('the cache is on for a user nobody switched', async () => {
      const app = await start();
      expect(await app.get(UserCacheSettingsService).isEnabled('alice')).toBe(true);
    });

    test('a switch holds, for that user alone, and after a restart', async () => {
      const app = await start();
      await app.get(UserCacheSettingsService).setEnabled('alice', false);
      const users = (await again(app)).get(UserCacheSettingsService);
      expect([await users.isEnabled('alice'), await users.isEnabled('bob')]).toEqual([false, true]);
      await users.setEnabled('alice', true);
      expect(await users.isEnabled('alice')).toBe(true);
    });
  });

  describe('watermarks', () => {
    test('get answers what was set last, with its schema and time', async () => {
      const app = await start();
      const watermarks = app.get(WatermarkService);
      expect(await watermarks.get(7)).toBeUndefined();
      await watermarks.set(7, 'ACME', 100);
      app.clock.advance(1_000);
      await watermarks.set('7', 'ACME', 101);
      const expected = { companyId: '7', schema: 'ACME', maxIdAct: 101, checkedAt: app.clock.now() };
      expect(await watermarks.get(7)).toEqual(expected);
      expect(await (await again(app)).get(WatermarkService).get(7)).toEqual(expected);
    });

    test('only companies with live entries are listed', async () => {
      const app = await start();
      await app.service.set('a', 1, { type: 't', companyId: 7 });
      await app.service.set('b', 1, { type: 't', companyId: 7 });
      await app.service.set('c', 1, { type: 't', companyId: 8, ttl: 1_000 });
      await app.service.set('d', 1, { type: 't' });
      expect(await app.service.getCachedCompanyIds()).toEqual(['7', '8']);
      app.clock.advance(1_000);
      expect(await app.service.getCachedCompanyIds()).toEqual(['7']);
    });
  });

  describe('configuration', () => {
    test('a setting is set, read, listed and deleted', async () => {
      const app = await start();
      const config = app.get(CacheConfigService);
      await config.set('warmup', 'on');
      await config.set('warmup', 'off');
      expect(await config.get('warmup')).toBe('off');
      expect({ ...(await config.all()) }).toEqual({ warmup: 'off' });
      expect([await config.delete('warmup'), await config.delete('warmup')]).toEqual([true, false]);
      expect(await config.get('warmup')).toBeUndefined();
    });
  });

  describe('statistics', () => {
    test('total, active and expired entries are counted', async () => {
      const app = await start();
      await app.service.set('a', 1, { type: 't', ttl: 1_000 });
      await app.service.set('b', 1, { type: 't', ttl: 2_000 });
      await app.service.set('c', 1, { type: 't', ttl: 3_000 });
      app.clock.advance(2_000);
      expect(await app.service.getStats()).toMatchObject({
        totalEntries: 3,
        activeEntries: 1,
        expiredEntries: 2,
      });
      await app.service.clear();
      expect(await app.service.getStats()).toEqual({
        totalEntries: 0,
        activeEntries: 0,
        expiredEntries: 0,
        totalBytes: 0,
        memoryEntries: 0,
        memoryBytes: 0,
      });
    });
  });

  describe('connection', () => {
    const source = (app: CacheApp) => app.get<DataSource>(REPORTS_CACHE_DATA_SOURCE);
    const handle = (app: CacheApp) =>
      (source(app).driver as unknown as { databaseConnection: unknown }).databaseConnection;

    test('one connection is opened, once, however many ask', async () => {
      const app = await start();
      const opened = handle(app);
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => app.service.set(`k${index}`, 1, { type: 't' })),
      );
      expect(handle(app)).toBe(opened);
    });

    test.skipIf(onPostgres)('it is in WAL mode and waits five seconds for a lock', async () => {
      const app = await start();
      expect(await app.rows('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      // better-sqlite3 would wait on the event loop: there the gate waits, as the lock of another process below shows.
      const timeout = type === 'sqlite' ? 5_000 : 5;
      expect(await app.rows('PRAGMA busy_timeout')).toEqual([{ timeout }]);
    });

    test.skipIf(onPostgres)('the folder of the file is created', async () => {
      const path = join(tempFolder(), 'deep', 'er', 'cache.sqlite');
      const app = await startCacheApp({ cache: { database: { type, path } } });
      expect(await app.service.set('k', 1, { type: 't' })).toBe(true);
      expect(existsSync(path)).toBe(true);
    });

    test('writers of all tables and a lock of another process never meet "database is locked"', async () => {
      const app = await start();
      const otherProcess = await (onPostgres ? lockOnServer : lockFromAnotherProcess)(app.path);
      const writes = Array.from({ length: 30 }, (_, index) => [
        app.service.set(`k${index}`, index, { type: 't' }),
        app.get(SchemaMappingService).set(index, 'ACME'),
        app.get(BenchmarkService).set(`t${index}`, 1, 1),
        app.get(UserCacheSettingsService).setEnabled(`u${index}`, false),
        app.get(WatermarkService).set(index, 'ACME', index),
        app.get(CacheConfigService).set(`c${index}`, ''),
      ]).flat();
      const outcomes = await Promise.allSettled(writes);
      await otherProcess.ended;
      expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([]);
      for (const table of [
        'cache_entries',
        'schema_mappings',
        'query_benchmarks',
        'user_cache_settings',
        'cache_watermarks',
        'cache_config',
      ]) {
        expect(await app.rows(`SELECT COUNT(*) AS n FROM ${table}`), table).toEqual([{ n: 30 }]);
      }
    });

    test('a health check says it is up', async () => {
      const app = await start();
      expect(await app.get(ReportsCacheHealthIndicator).isHealthy('cache')).toMatchObject({
        cache: { status: 'up' },
      });
    });

    test('a lost connection is opened again, and what was stored is there', async () => {
      const app = await start();
      await app.service.set('before', 1, { type: 't' });
      const opened = handle(app);
      await loseConnection(app);
      app.clock.advance(1_000);
      expect(await app.service.set('after', 2, { type: 't' })).toBe(true);
      if (!onPostgres) expect(handle(app)).not.toBe(opened);
      const { service } = await again(app);
      expect([await service.get('before'), await service.get('after')]).toEqual([1, 2]);
    });

    test('closing writes everything into the file and frees it', async () => {
      const app = await start();
      await app.service.set('k', 1, { type: 't' });
      await app.close();
      expect(source(app).isInitialized).toBe(false);
      expect(existsSync(`${app.path}-wal`)).toBe(false);
      expect(await (await again(app)).service.get('k')).toBe(1);
    });
  });

  describe('values', () => {
    test('nested objects, decimals, dates and model instances come back equal', async () => {
      const app = await start();
      const value = {
        rows: [{ account: '4000', lines: [{ debit: new Decimal('0.1').plus('0.2') }] }],
        booked: new Date('2026-03-31T23:59:59.999Z'),
        total: new Money(new Decimal('12345678901234567890.12'), 'EUR'),
        count: 12n,
      };
      await app.service.set('k', value, { type: 't' });
      for (const { service } of [app, await again(app)]) {
        const found = await service.get<typeof value>('k');
        expect(found).toEqual(value);
        expect(found?.rows[0]?.lines[0]?.debit.toString()).toBe('0.3');
        expect(found?.booked.toISOString()).toBe('2026-03-31T23:59:59.999Z');
        expect(String(found?.total)).toBe('12345678901234567890.12 EUR');
      }
    });
  });
});

/** Resolves once a lock is held; it is released some 40 ms later. */
async function lockOnServer(schema: string): Promise<{ ended: Promise<unknown> }> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE "${schema}".cache_entries IN EXCLUSIVE MODE`);
  return { ended: client.query('SELECT pg_sleep(0.04); COMMIT').then(() => client.end()) };
}

/** As {@link lockOnServer}, of a file. */
async function lockFromAnotherProcess(path: string): Promise<{ ended: Promise<void> }> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  const script = `
    const database = new (require(${JSON.stringify(driver)}))(${JSON.stringify(path)});
    database.exec('BEGIN IMMEDIATE');
    process.stdout.write('locked');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
    database.exec('COMMIT');`;
  const child = execFile(process.execPath, ['-e', script]);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const locked = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  const failed = ended.then(() => Promise.reject(new Error('it ended before it held the lock')));
  await Promise.race([locked, failed]);
  failed.catch(() => undefined);
  return { ended };
}

import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Decimal } from 'decimal.js';
import type { DataSource } from 'typeorm';
import { describe, expect, test, vi } from 'vitest';
import {
  BenchmarkService,
  CacheConfigService,
  PerformanceLogService,
  REPORTS_CACHE_DATA_SOURCE,
  ReportsCacheModule,
  SchemaMappingService,
  UserCacheSettingsService,
  WatermarkService,
} from '../src/index.js';
import { poolOf } from '../src/storage/postgres/data-source.js';
import type { PgClient } from '../src/storage/postgres/pg-types.js';
import { Cleanup } from '../src/maintenance/cleanup.js';
import { loseConnection, restart, startCacheApp, type CacheApp } from './module/cache-app.js';
import { onPostgres, testStore } from './support/test-store.js';

/** Each of the seventeen faults of the design that this one replaces, and that it is gone. */
describe('the faults of the design before', () => {
  test.each([
    ['memory', undefined],
    ['the file', false as const],
  ])('fault 1: a hit in %s writes nothing', async (_where, memory) => {
    const app = await startCacheApp({ cache: { memory } });
    await app.service.set('k', { total: 12 }, { type: 't' });
    const commits = app.database.commits;
    const version = await dataVersion(app);
    for (let hit = 0; hit < 100; hit += 1) expect(await app.service.get('k')).toEqual({ total: 12 });
    expect(app.database.commits).toBe(commits);
    expect(await dataVersion(app)).toEqual(version);
    const rows = await (await restart(app)).rows('SELECT hit_count FROM cache_entries');
    expect(rows).toEqual([{ hit_count: 100 }]);
  });

  test('fault 2: no call asks the connection first whether it lives', async () => {
    const app = await startCacheApp({ cache: { memory: false } });
    await app.service.set('k', 1, { type: 't' });
    const statements = await traceStatements(app);
    await app.service.get('k');
    // The driver reports a statement in a turn of its own.
    await expect.poll(() => statements.filter(isLookup)).toHaveLength(1);
    await app.service.set('k', 2, { type: 't' });
    await app.service.delete('k');
    await app.service.getStats();
    await app.get(CacheConfigService).get('any');
    await expect.poll(() => statements.some((text) => text.includes('cache_config'))).toBe(true);
    expect(statements.filter((text) => /^\s*select\s+1\s*;?\s*$/i.test(text))).toEqual([]);
  });

  test.skipIf(onPostgres)(
    'fault 3: a lost connection is opened again once, however many callers notice',
    async () => {
      const app = await startCacheApp({ cache: { memory: false } });
      await app.service.set('k', 1, { type: 't' });
      const sources = await dataSources(app);
      const opens = sources.map((source) => vi.spyOn(source, 'initialize'));
      await loseConnection(app);
      app.clock.advance(1_000);
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          index % 2 === 0 ? app.service.get('k') : app.service.set(`k${index}`, index, { type: 't' }),
        ),
      );
      expect(opens.map((open) => open.mock.calls.length)).toEqual([1, 1]);
      expect(await app.service.get('k')).toBe(1);
    },
  );

  test('fault 4: no second path makes a second cache', async () => {
    const { database } = testStore();
    const app = await startCacheApp({ cache: { database } });
    const before = app.get<DataSource>(REPORTS_CACHE_DATA_SOURCE);
    await loseConnection(app);
    app.clock.advance(1_000);
    await app.service.set('k', 1, { type: 't' });
    expect(app.get<DataSource>(REPORTS_CACHE_DATA_SOURCE)).toBe(before);

    @Module({ imports: [ReportsCacheModule.forRoot({ database })] })
    class Sales {}
    const twice = Test.createTestingModule({
      imports: [Sales, ReportsCacheModule.forRoot({ database })],
    });
    const outcome = await twice.compile().then(() => 'it started', String);
    expect(outcome).toMatch(/ReportsCacheModule is imported 2 times, by .*Sales/);
  });

  test('fault 5: a cached null is a hit, a miss is undefined', async () => {
    const app = await startCacheApp();
    const load = vi.fn(() => null);
    expect(await app.service.get('k')).toBeUndefined();
    await app.service.getOrSet('k', load, { type: 't' });
    expect(await app.service.getOrSet('k', load, { type: 't' })).toBeNull();
    const later = await restart(app);
    expect(await later.service.getOrSet('k', load, { type: 't' })).toBeNull();
    expect(await later.service.get('k')).toBeNull();
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('fault 6: decimals stay decimals and dates stay dates', async () => {
    const app = await startCacheApp();
    const amount = new Decimal('9007199254740993.01');
    const booked = new Date(Date.UTC(2026, 2, 31));
    await app.service.set('k', { amount, booked }, { type: 't' });
    const found = await (await restart(app)).service.get<{ amount: Decimal; booked: Date }>('k');
    expect(found?.amount).toBeInstanceOf(Decimal);
    expect(found?.amount.toString()).toBe('9007199254740993.01');
    expect(found?.booked).toBeInstanceOf(Date);
    expect(found?.booked.getTime()).toBe(booked.getTime());
  });

  test('fault 7: replacing keeps created_at of mappings and settings, and hit_count', async () => {
    const app = await startCacheApp();
    const createdAt = app.clock.now();
    await app.get(SchemaMappingService).set(7, 'OLD');
    await app.get(UserCacheSettingsService).setEnabled('alice', false);
    await app.service.set('k', 'old', { type: 't' });
    await app.service.get('k');
    const later = await restart(app);
    later.clock.advance(60_000);
    await later.get(SchemaMappingService).set(7, 'NEW');
    await later.get(UserCacheSettingsService).setEnabled('alice', true);
    await later.service.set('k', 'new', { type: 't' });
    expect(await later.rows('SELECT created_at, last_verified FROM schema_mappings')).toEqual([
      { created_at: createdAt, last_verified: createdAt + 60_000 },
    ]);
    expect(await later.rows('SELECT created_at, updated_at FROM user_cache_settings')).toEqual([
      { created_at: createdAt, updated_at: createdAt + 60_000 },
    ]);
    expect(await later.rows('SELECT hit_count FROM cache_entries')).toEqual([{ hit_count: 1 }]);
  });

  test('fault 8: a watermark never goes back by a late answer, and a change drops what it covers', async () => {
    const answers: ((maxId: number) => void)[] = [];
    const source = {
      readWatermarks: ([companyId]: readonly string[]) =>
        new Promise<{ companyId: string; schema: string; watermark: number }[]>((resolve) => {
          answers.push((watermark) => resolve([{ companyId: companyId!, schema: 'ACME', watermark }]));
        }),
    };
    const app = await startCacheApp({ cache: { watermark: { source, every: '1h' } } });
    const watermarks = app.get(WatermarkService);
    await watermarks.set(7, 'ACME', 100);
    await app.service.set('covered', 1, { type: 't', companyId: 7 });
    await app.service.set('other', 1, { type: 't', companyId: 8 });
    app.clock.advance(1);
    const early = watermarks.check(7);
    app.clock.advance(1);
    const late = watermarks.check(7);
    await expect.poll(() => answers.length, { interval: 1, timeout: 10_000 }).toBe(2);
    answers[1]?.(102);
    expect(await late).toEqual(['7']);
    answers[0]?.(101);
    expect(await early).toEqual([]);
    expect(await watermarks.get(7)).toMatchObject({ maxIdAct: 102 });
    expect([await app.service.get('covered'), await app.service.get('other')]).toEqual([undefined, 1]);
  });

  test('fault 9: a load that began before an invalidation stores nothing', async () => {
    const app = await startCacheApp();
    const source = heldSource('stale');
    const answer = app.service.getOrSet('k', source.load, { type: 't', companyId: 7 });
    await source.started;
    await app.service.clearByCompany(7);
    source.finish();
    expect(await answer).toBe('stale');
    expect(await app.service.get('k')).toBeUndefined();
    expect(await (await restart(app)).service.get('k')).toBeUndefined();
  });

  test('fault 10: a hundred users who miss run one query', async () => {
    const app = await startCacheApp();
    const source = heldSource({ total: 12 });
    const answers = Array.from({ length: 100 }, () => app.service.getOrSet('k', source.load, { type: 't' }));
    await source.started;
    source.finish();
    expect(await Promise.all(answers)).toEqual(Array(100).fill({ total: 12 }));
    expect(source.load).toHaveBeenCalledTimes(1);
  });

  test('fault 11: file and log stay within their bounds, and the space is given back', async () => {
    const app = await startCacheApp({ cache: { maxBytes: '100kb', performance: { retention: '1d' } } });
    const log = app.get(PerformanceLogService);
    log.log(sampleAt(app.clock.now(), 'alice'));
    for (let index = 0; index < 40; index += 1) {
      await app.service.set(`k${index}`, 'x'.repeat(50_000), { type: 't', ttl: '2y' });
    }
    app.clock.advance(24 * 3_600_000 + 1);
    log.log(sampleAt(app.clock.now(), 'bob'));
    await log.flush();
    await app.get(Cleanup).run();
    const { databaseBytes, walBytes } = await app.database.sizes();
    expect((await app.service.getStats()).totalBytes).toBeLessThanOrEqual(100 * 1024);
    if (!onPostgres) expect([databaseBytes < 400_000, walBytes]).toEqual([true, 0]);
    expect(await app.rows('SELECT username FROM performance_log')).toEqual([{ username: 'bob' }]);
  });

  test('fault 12: the configuration has its operations', async () => {
    const config = (await startCacheApp()).get(CacheConfigService);
    await config.set('warmup', 'on');
    expect([await config.get('warmup'), { ...(await config.all()) }]).toEqual(['on', { warmup: 'on' }]);
    expect(await config.delete('warmup')).toBe(true);
    expect(await config.get('warmup')).toBeUndefined();
  });

  test('fault 13: the cleanup works in bounded batches, and other writes get their turn', async () => {
    const app = await startCacheApp({ cache: { cleanup: { batchSize: 50 } } });
    await Promise.all(
      Array.from({ length: 500 }, (_, index) => app.service.set(`k${index}`, 1, { type: 't', ttl: 1_000 })),
    );
    app.clock.advance(1_000);
    const commits = app.database.commits;
    const cleaning = app.service.cleanupExpired();
    const first = await Promise.race([
      cleaning.then(() => 'the cleanup'),
      app.get(CacheConfigService).set('small', 'write'),
    ]);
    expect(first).not.toBe('the cleanup');
    expect(await cleaning).toBe(500);
    expect(app.database.commits - commits).toBeGreaterThanOrEqual(10);
  });

  test('fault 14: at expiresAt an entry is expired, everywhere alike', async () => {
    const app = await startCacheApp();
    await app.service.set('k', 1, { type: 't', companyId: 7, ttl: 1_000 });
    const everywhere = async ({ service }: CacheApp): Promise<unknown[]> => {
      const { activeEntries, expiredEntries } = await service.getStats();
      return [activeEntries, expiredEntries, await service.getCachedCompanyIds()];
    };
    app.clock.advance(999);
    expect(await everywhere(app)).toEqual([1, 0, ['7']]);
    expect(await app.service.cleanupExpired()).toBe(0);
    expect(await app.service.get('k')).toBe(1);
    app.clock.advance(1);
    expect(await everywhere(app)).toEqual([0, 1, []]);
    expect(await app.service.cleanupExpired()).toBe(1);
    expect(await app.service.get('k')).toBeUndefined();
  });

  test('fault 15: no sample of a benchmark is lost, of several callers or several apps on one file', async () => {
    const app = await startCacheApp();
    const other = await startCacheApp({ cache: { database: { path: app.path } } });
    await Promise.all(
      [app, other].map(async (each) => {
        const benchmarks = each.get(BenchmarkService);
        for (let sample = 1; sample <= 100; sample += 1) {
          benchmarks.record('t', sample);
          if (sample % 10 === 0) await benchmarks.flush();
        }
      }),
    );
    const { avgTimeMs, sampleCount } = (await app.get(BenchmarkService).get('t')) ?? {};
    expect(sampleCount).toBe(200);
    expect(avgTimeMs).toBeCloseTo(50.5, 6);
  });

  test('fault 16: the log is written outside the request, many rows in one transaction', async () => {
    const app = await startCacheApp();
    const log = app.get(PerformanceLogService);
    const commits = app.database.commits;
    for (let index = 0; index < 200; index += 1) log.log(sampleAt(app.clock.now() + index, 'alice'));
    expect(await app.rows('SELECT COUNT(*) AS n FROM performance_log')).toEqual([{ n: 0 }]);
    expect(app.database.commits).toBe(commits);
    await log.flush();
    expect(app.database.commits).toBe(commits + 1);
    expect(await app.rows('SELECT COUNT(*) AS n FROM performance_log')).toEqual([{ n: 200 }]);
  });

  test.skipIf(onPostgres)(
    'fault 17: statistics scan no entries, and the time saved is summed up',
    async () => {
      const app = await startCacheApp();
      await app.service.set('k', 1, { type: 't', companyId: 7 });
      const statements = await traceStatements(app);
      await app.service.getStats();
      await app.service.getCachedCompanyIds();
      await expect.poll(() => statements.length).toBeGreaterThan(1);
      for (const statement of statements) {
        const plan = await app.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`);
        const scans = plan.filter(({ detail }) => /^SCAN (?!company\b|CONSTANT)/.test(detail));
        expect(scans, statement).toEqual([]);
      }
      const log = app.get(PerformanceLogService);
      for (const timeSavedMs of [100, 250.5]) log.log({ ...sampleAt(app.clock.now(), 'alice'), timeSavedMs });
      expect((await log.summary()).timeSavedMs).toBe(350.5);
    },
  );
});

/** A source whose one answer comes when the test lets it. */
function heldSource<T>(value: T) {
  let start!: () => void;
  let finish!: () => void;
  const started = new Promise<void>((resolve) => (start = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const load = vi.fn(async () => {
    start();
    await finished;
    return value;
  });
  return { load, started, finish };
}

function sampleAt(timestamp: number, username: string) {
  return {
    type: 't',
    companyId: '7',
    hit: true,
    responseTimeMs: 1,
    estimatedSourceTimeMs: 900,
    timeSavedMs: 899,
    username,
    timestamp,
  };
}

/** Changes whenever another connection has committed; read on the reader's, so the writer's commits count. */
async function dataVersion({ database }: CacheApp): Promise<unknown> {
  return database.read((_manager, sql) =>
    onPostgres ? sql.all('SELECT xmin::text FROM cache_entries') : sql.pragma('data_version'),
  );
}

/** The writer's and the reader's. */
async function dataSources({ database }: CacheApp): Promise<DataSource[]> {
  const sourceOf = (manager: { connection: DataSource }) => Promise.resolve(manager.connection);
  return [await database.write(sourceOf), await database.read(sourceOf)];
}

/** Every SQL text that either connection runs from now on. */
async function traceStatements(app: CacheApp): Promise<string[]> {
  const statements: string[] = [];
  if (onPostgres) traceConnections(await dataSources(app), statements);
  else await traceDrivers(app, statements);
  return statements;
}

async function traceDrivers(app: CacheApp, statements: string[]): Promise<void> {
  for (const { driver } of await dataSources(app)) {
    const { databaseConnection } = driver as unknown as {
      databaseConnection: { on(event: 'trace', listener: (text: string) => void): void };
    };
    databaseConnection.on('trace', (text) => statements.push(text));
  }
}

/** Each connection from when it is next taken out of its pool. */
function traceConnections(sources: readonly DataSource[], statements: string[]): void {
  const traced = new Set<PgClient>();
  const trace = (client: PgClient): void => {
    if (traced.has(client)) return;
    traced.add(client);
    const query = client.query.bind(client);
    client.query = (given, ...others) => {
      statements.push(typeof given === 'string' ? given : given.text);
      return query(given, ...others);
    };
  };
  for (const source of new Set(sources)) poolOf(source).on('acquire', trace);
}

/** On a server the looks for drops are among the statements. */
function isLookup(text: string): boolean {
  return /FROM \S*cache_entries/.test(text);
}

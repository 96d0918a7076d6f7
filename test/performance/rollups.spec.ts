import fc from 'fast-check';
import { alwaysOurs } from '../../src/common/job-turns.js';
import { describe, expect, it } from 'vitest';
import { REQUEST_OUTCOMES } from '../../src/common/request-outcome.js';
import { resolveOptions } from '../../src/common/options.schema.js';
import { BenchmarkService } from '../../src/performance/benchmark.service.js';
import { PerformanceLogService } from '../../src/performance/performance-log.service.js';
import { PerformanceReportService } from '../../src/performance/performance-report.service.js';
import type { PerformanceSample } from '../../src/performance/performance-sample.js';
import { RollupService } from '../../src/performance/rollup.service.js';
import { PerformanceLogRepository } from '../../src/storage/repositories/performance-log.repository.js';
import { PerformanceRollupRepository } from '../../src/storage/repositories/performance-rollup.repository.js';
import { QueryBenchmarkRepository } from '../../src/storage/repositories/query-benchmark.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { databaseOptions, openDatabase } from '../storage/open-database.js';
import { hasPostgres, postgresOptions } from '../support/postgres.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 2, 20, 12, 30);

type StoreName = 'sqlite' | 'postgres';

const STORES: readonly StoreName[] = hasPostgres ? ['sqlite', 'postgres'] : ['sqlite'];

async function start(store: StoreName = 'sqlite') {
  const database = await openDatabase(store === 'sqlite' ? databaseOptions() : postgresOptions());
  const rows = new PerformanceLogRepository(database);
  const rollups = new PerformanceRollupRepository(database);
  const log = new PerformanceLogService(rows);
  const clock = new ManualClock(now);
  const service = new RollupService(rollups, resolveOptions(), clock, alwaysOurs);
  const benchmarks = new BenchmarkService(new QueryBenchmarkRepository(database), clock);
  const report = new PerformanceReportService(rollups, rows, log, benchmarks, clock);
  const insert = (values: string) =>
    database.write((_manager, sql) =>
      sql.run(
        `INSERT INTO performance_log (cache_type, company_id, cache_hit, response_time_ms, timestamp) ${values}`,
      ),
    );
  return { database, rows, rollups, log, clock, service, report, insert };
}

function sample(changes: Partial<PerformanceSample> = {}): PerformanceSample {
  return {
    ...{ type: 'ledger', companyId: '1', hit: true, responseTimeMs: 2, username: 'alice', timestamp: now },
    ...{ estimatedSourceTimeMs: null, timeSavedMs: null, outcome: 'hit' },
    ...changes,
  };
}

const samples: fc.Arbitrary<PerformanceSample[]> = fc.array(
  fc
    .record({
      type: fc.constantFrom('ledger', 'balance'),
      companyId: fc.constantFrom('1', '2', null),
      outcome: fc.constantFrom(...REQUEST_OUTCOMES),
      missReason: fc.constantFrom('cold', 'ttl'),
      responseTimeMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
      sourceTimeMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
      timestamp: fc.integer({ min: now - 3 * DAY, max: now }),
    })
    .map((changes) => sample({ ...changes, hit: changes.outcome === 'hit' })),
  { minLength: 1, maxLength: 60 },
);

describe.each(STORES)('the sums of the performance log on %s', (store) => {
  // Of what the sums are, not of who keeps them; and a schema takes a server a second to make.
  it.skipIf(store === 'postgres')(
    'are the same whether rows are summed up before, in pieces, or only when they are looked at',
    { timeout: 90_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          samples,
          fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
          async (all, steps) => {
            const { log, rollups, report } = await start(store);
            for (const one of all) log.log(one);
            const unsummed = [
              await report.overview('7d'),
              await report.byType('30d'),
              await report.byCompany('30d'),
            ];
            for (const step of steps) await rollups.rollUp(step);
            const summed = [
              await report.overview('7d'),
              await report.byType('30d'),
              await report.byCompany('30d'),
            ];
            expect(rounded(summed)).toEqual(rounded(unsummed));
            await rollups.rollUp(1_000);
            expect(await rollups.countLoggedAfter(await rollups.cursor())).toBe(0);
            expect(rounded(await report.byType('30d'))).toEqual(rounded(unsummed[1]));
          },
        ),
        { numRuns: 6 },
      );
    },
  );

  it('count every row, whoever wrote it, and once, however many sum up at a time', async () => {
    const { insert, rollups, report, log } = await start(store);
    for (let row = 0; row < 50; row++) log.log(sample());
    await log.flush();
    await insert(`VALUES ('ledger', '1', true, 3, ${now}), ('ledger', '1', false, 900, ${now})`);
    const counts = await Promise.all(Array.from({ length: 8 }, () => rollups.rollUp(10)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(52);
    const { totals } = await report.overview('24h');
    expect(totals.outcomes).toMatchObject({ hit: 51, miss: 1 });
  });

  it('take an empty text for none', async () => {
    const { insert, service, report, database } = await start(store);
    await insert(`VALUES ('ledger', '', false, 900, ${now}), ('ledger', NULL, false, 900, ${now})`);
    await database.write((_manager, sql) =>
      sql.run(`UPDATE performance_log SET miss_reason = '' WHERE company_id IS NULL`),
    );
    expect(await service.rollUp()).toBe(2);
    const { companies } = await report.byCompany('24h');
    expect(companies).toMatchObject([{ companyId: null, outcomes: { miss: 2 } }]);
    expect((await report.byType('24h')).types[0]?.missReasons).toMatchObject([{ reason: null, misses: 2 }]);
  });

  it.skipIf(store === 'postgres')(
    'take a row that makes no sense as well as they can, and go on behind it',
    async () => {
      const { insert, service, report } = await start(store);
      await insert(`VALUES (X'00ff', X'01', 1, 'never', 'then'), ('ledger', '1', 1, 3, ${now})`);
      expect(await service.rollUp()).toBe(2);
      expect((await report.overview('24h')).totals.requests).toBe(1);
    },
  );

  it('outlive the rows they were made of, by day and by hour', async () => {
    const { log, service, rows, report, clock } = await start(store);
    for (let row = 0; row < 3; row++) log.log(sample({ timestamp: now - row * DAY }));
    await log.flush();
    await service.rollUp();
    await rows.removeOlderThan(now + 1, 100);
    expect((await report.overview('30d')).totals.requests).toBe(3);
    expect((await report.overview('24h')).totals.requests).toBe(1);
    clock.advance(9 * DAY);
    await service.tidy();
    expect((await report.overview('30d')).totals.requests).toBe(3);
    clock.advance(400 * DAY);
    await service.tidy();
    expect((await report.overview('1y')).totals.requests).toBe(0);
  });

  it('settle before they are made: a row counts once it was the newest at the time before', async () => {
    const { log, service, rollups } = await start(store);
    log.log(sample());
    await log.flush();
    await service.rollUpSettled();
    expect(await rollups.cursor()).toBe(0);
    await service.rollUpSettled();
    expect(await rollups.cursor()).toBe(1);
  });

  it('forget a company, and hold no username', async () => {
    const { log, service, report, database } = await start(store);
    log.log(sample({ companyId: '7' }));
    log.log(sample({ companyId: '8' }));
    await log.flush();
    await service.rollUp();
    await log.forgetCompany('7');
    await service.forgetCompany('7');
    const { companies } = await report.byCompany('30d');
    expect(companies.map(({ companyId }) => companyId)).toEqual(['8']);
    const rows = await database.read((_manager, sql) => sql.all('SELECT * FROM performance_rollups'));
    expect(JSON.stringify(rows)).not.toContain('alice');
  });

  it('say how many rows wait where a log was never summed up', async () => {
    const { insert, report } = await start(store);
    await insert(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 21500)
      SELECT 'ledger', '1', true, 1, ${now} FROM n`);
    const { totals, waiting } = await report.overview('24h');
    expect(totals.requests + waiting).toBe(21_500);
    expect(waiting).toBeGreaterThan(0);
  });

  it('count a row once while the log is summed up between two reads', async () => {
    const { log, rollups, report } = await start(store);
    for (let row = 0; row < 40; row++) log.log(sample({ timestamp: now - row * HOUR }));
    const of = rollups.of.bind(rollups);
    rollups.of = async (resolution, startedAt) => {
      await rollups.rollUp(1);
      return of(resolution, startedAt);
    };
    const { totals, series } = await report.overview('24h');
    expect(totals.requests).toBe(24);
    expect(series.map(({ requests }) => requests)).toEqual(Array<number>(24).fill(1));
    expect((await report.byType('7d')).types).toMatchObject([{ requests: 40 }]);
    expect((await report.byCompany('30d')).companies).toMatchObject([{ requests: 40 }]);
  });

  it('put every request into the interval it belongs to', async () => {
    const { log, report } = await start(store);
    for (const timestamp of [now - 23 * HOUR, now - 24 * HOUR, now - 30 * 60_000, now - 30 * 60_000 - 1, now])
      log.log(sample({ timestamp }));
    const { series, from, totals, intervalMs } = await report.overview('24h');
    expect([series.length, intervalMs, from]).toEqual([24, HOUR, Date.UTC(2026, 2, 19, 13)]);
    expect(series.map(({ at }) => at)).toEqual(Array.from({ length: 24 }, (_, index) => from + index * HOUR));
    // 12:30 a day before lies before the first of the 24 hours.
    expect(totals.requests).toBe(4);
    expect(series.slice(-2).map(({ requests }) => requests)).toEqual([1, 2]);
  });

  it('give percentiles within 2 %', async () => {
    const { log, service, report } = await start(store);
    for (let time = 1; time <= 1_000; time++) log.log(sample({ responseTimeMs: time }));
    await log.flush();
    await service.rollUp();
    const { hit } = (await report.overview('24h')).totals;
    expect(Math.abs(hit.p50Ms! / 500 - 1)).toBeLessThan(0.02);
    expect(Math.abs(hit.p95Ms! / 950 - 1)).toBeLessThan(0.02);
  });
});

/** Sums of decimals depend on their order. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'number' && !Number.isInteger(part) ? Number(part.toPrecision(9)) : part,
    ),
  );
}

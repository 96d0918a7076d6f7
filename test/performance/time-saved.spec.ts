import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BenchmarkService } from '../../src/performance/benchmark.service.js';
import { PerformanceLogService } from '../../src/performance/performance-log.service.js';
import { PerformanceReportService } from '../../src/performance/performance-report.service.js';
import type { PerformanceSample } from '../../src/performance/performance-sample.js';
import { PerformanceLogRepository } from '../../src/storage/repositories/performance-log.repository.js';
import { PerformanceRollupRepository } from '../../src/storage/repositories/performance-rollup.repository.js';
import { QueryBenchmarkRepository } from '../../src/storage/repositories/query-benchmark.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { openDatabase } from '../support/open-database.js';
import { seededRandom } from '../support/seeded-random.js';

const now = Date.UTC(2026, 2, 20, 12);
const day = 86_400_000;

async function start() {
  const database = await openDatabase();
  const log = new PerformanceLogService(new PerformanceLogRepository(database));
  const rollups = new PerformanceRollupRepository(database);
  const clock = new ManualClock(now);
  const benchmarks = new BenchmarkService(new QueryBenchmarkRepository(database), clock);
  const report = new PerformanceReportService(
    rollups,
    new PerformanceLogRepository(database),
    log,
    benchmarks,
    clock,
  );
  return { database, log, rollups, report, clock, benchmarks };
}

function sample(changes: Partial<PerformanceSample>): PerformanceSample {
  return {
    type: 'ledger',
    companyId: '1',
    hit: false,
    responseTimeMs: 0,
    estimatedSourceTimeMs: null,
    timeSavedMs: null,
    username: null,
    timestamp: now - day,
    ...changes,
  };
}

/** How long the source would take, by type and company; hits are asked for unevenly. */
interface World {
  readonly seed: number;
  readonly types: readonly { readonly medianMs: number; readonly spread: number }[];
  readonly companies: readonly number[];
}

const worlds: fc.Arbitrary<World> = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  types: fc.array(
    fc.record({
      medianMs: fc.double({ min: 20, max: 20_000, noNaN: true }),
      spread: fc.double({ min: 0, max: 0.6, noNaN: true }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  /** By how much a company is larger than the next. */
  companies: fc.array(fc.double({ min: 0.2, max: 20, noNaN: true }), { minLength: 1, maxLength: 4 }),
});

const MISSES = 1_200;
const HITS = 1_500;

/** Requests of which it is known what the source took, or would have taken. */
function play({ seed, types, companies }: World): { samples: PerformanceSample[]; savedMs: number } {
  const random = seededRandom(seed);
  const uniform = () => (random(1e6) + 0.5) / 1e6;
  const samples: PerformanceSample[] = [];
  let savedMs = 0;
  for (const [typeIndex, { medianMs, spread }] of types.entries()) {
    for (const [companyIndex, size] of companies.entries()) {
      // Box and Muller; the spread of reports is about that of a lognormal distribution.
      const sourceMs = () =>
        medianMs *
        size *
        Math.exp(spread * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
      const of = { type: `type-${typeIndex}`, companyId: String(companyIndex) };
      const at = () => ({ timestamp: now - random(25 * day) });
      for (let miss = 0; miss < MISSES; miss++) {
        const took = sourceMs();
        const waited = { responseTimeMs: took + 3, sourceTimeMs: took };
        samples.push(sample({ ...of, ...at(), ...waited, outcome: 'miss', missReason: 'ttl' }));
      }
      // The smallest companies are asked for most.
      for (let hit = 0; hit < HITS / (companyIndex + 1); hit++) {
        const responseTimeMs = 0.2 + 4 * uniform();
        savedMs += sourceMs() - responseTimeMs;
        samples.push(sample({ ...of, ...at(), hit: true, responseTimeMs, outcome: 'hit' }));
      }
      // None of these says anything about what hits saved.
      for (let other = 0; other < 100; other++) {
        samples.push(
          sample({ ...of, ...at(), responseTimeMs: sourceMs() * uniform(), outcome: 'coalesced' }),
        );
        samples.push(sample({ ...of, ...at(), responseTimeMs: 30_000, outcome: 'failed' }));
        samples.push(sample({ ...of, ...at(), responseTimeMs: 500, outcome: 'stale' }));
      }
    }
  }
  return { samples, savedMs };
}

describe('the time saved', () => {
  it('comes within 5 % of the truth of a synthetic log', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { log, rollups, report } = await start();
        const { samples, savedMs } = play(world);
        for (const one of samples) log.log(one);
        await log.flush();
        await rollups.rollUp(samples.length);
        const { saved } = (await report.overview('30d')).totals;
        expect(Math.abs(saved.totalMs / savedMs - 1)).toBeLessThan(0.05);
      }),
      { numRuns: 12, seed: 20261123 },
    );
  });

  it('is not moved by one query that hung', async () => {
    const { log, report } = await start();
    for (let miss = 0; miss < 999; miss++) log.log(sample({ outcome: 'miss', responseTimeMs: 2_000 }));
    log.log(sample({ outcome: 'miss', responseTimeMs: 600_000 }));
    for (let hit = 0; hit < 100; hit++) log.log(sample({ outcome: 'hit', hit: true, responseTimeMs: 1 }));
    const { saved } = (await report.overview('30d')).totals;
    expect(saved.totalMs / (100 * 1_999)).toBeCloseTo(1, 1);
  });

  it('is negative where hits are slower than the source, and says how much of it', async () => {
    const { log, report } = await start();
    for (let miss = 0; miss < 20; miss++) log.log(sample({ outcome: 'miss', responseTimeMs: 10 }));
    log.log(sample({ outcome: 'hit', hit: true, responseTimeMs: 110 }));
    log.log(sample({ outcome: 'hit', hit: true, responseTimeMs: 5 }));
    const { saved } = (await report.overview('30d')).totals;
    expect(saved.totalMs).toBeCloseTo(-95, 0);
    expect(saved.lostMs).toBeCloseTo(-100, -0.5);
    expect(saved.gainedMs).toBeCloseTo(5, -0.5);
    expect(saved.gainedMs + saved.lostMs).toBeCloseTo(saved.totalMs);
  });

  it('counts coalesced waiters, stale answers, failures and the overhead of misses apart', async () => {
    const { log, report } = await start();
    for (let miss = 0; miss < 20; miss++)
      log.log(sample({ outcome: 'miss', responseTimeMs: 1_010, sourceTimeMs: 1_000 }));
    log.log(sample({ outcome: 'coalesced', responseTimeMs: 400 }));
    log.log(sample({ outcome: 'stale', responseTimeMs: 100 }));
    log.log(sample({ outcome: 'failed', responseTimeMs: 5_000 }));
    const { saved, outcomes, requests, hitRatio } = (await report.overview('30d')).totals;
    expect(outcomes).toEqual({ hit: 0, miss: 20, coalesced: 1, stale: 1, bypass: 0, failed: 1 });
    expect([requests, hitRatio]).toEqual([23, 0]);
    expect(saved).toMatchObject({ totalMs: 0, unknownHits: 0 });
    expect(saved.overheadMs).toBeCloseTo(200);
    expect(saved.coalescedMs).toBeCloseTo(600, -1.5);
    expect(saved.staleMs).toBeCloseTo(900, -1.5);
  });

  it('leaves out hits of a type that no miss was measured of, and says how many', async () => {
    const { log, report } = await start();
    log.log(sample({ outcome: 'hit', hit: true, responseTimeMs: 1 }));
    expect((await report.overview('30d')).totals.saved).toMatchObject({ totalMs: 0, unknownHits: 1 });
  });

  it('goes by the benchmark where reports are always warmed up, and no user ever missed', async () => {
    const { log, report, benchmarks } = await start();
    benchmarks.record('ledger', 500);
    log.log(sample({ outcome: 'hit', hit: true, responseTimeMs: 1 }));
    expect((await report.overview('30d')).totals.saved).toMatchObject({ totalMs: 499, unknownHits: 0 });
    expect((await report.byType('30d')).types).toMatchObject([{ usualSourceMs: 500 }]);
    for (let miss = 0; miss < 20; miss++)
      log.log(sample({ outcome: 'miss', responseTimeMs: 90, sourceTimeMs: 80 }));
    expect((await report.byType('30d')).types[0]?.usualSourceMs).toBeCloseTo(80, -1);
  });

  it('takes a row that says neither for the hit or miss that its first columns say', async () => {
    const { log, report } = await start();
    for (let miss = 0; miss < 20; miss++) log.log(sample({ responseTimeMs: 500 }));
    log.log(sample({ hit: true, responseTimeMs: 1 }));
    const { saved, outcomes } = (await report.overview('24h')).totals;
    expect(outcomes).toMatchObject({ hit: 0, miss: 0 });
    expect((await report.overview('7d')).totals.outcomes).toMatchObject({ hit: 1, miss: 20 });
    expect(saved.totalMs).toBe(0);
  });
});

import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { InvalidArgumentError, StoreUnavailableError } from '../../src/common/errors.js';
import { MAX_PENDING_SAMPLES, PerformanceLogService } from '../../src/performance/performance-log.service.js';
import { type PerformanceSample } from '../../src/performance/performance-sample.js';
import { PerformanceLogRepository } from '../../src/storage/repositories/performance-log.repository.js';
import { openDatabase } from '../support/open-database.js';

const noon = Date.UTC(2026, 2, 1, 12);

function sample(changes: Partial<PerformanceSample> = {}): PerformanceSample {
  return {
    type: 'trial-balance',
    companyId: '7',
    hit: true,
    responseTimeMs: 2,
    estimatedSourceTimeMs: 100,
    timeSavedMs: 98,
    username: 'alice',
    timestamp: noon,
    ...changes,
  };
}

const miss = (responseTimeMs: number, changes: Partial<PerformanceSample> = {}) =>
  sample({ hit: false, responseTimeMs, timeSavedMs: null, ...changes });

let rows: PerformanceLogRepository;
let log: PerformanceLogService;

beforeEach(async () => {
  rows = new PerformanceLogRepository(await openDatabase());
  log = new PerformanceLogService(rows);
});

describe('fault 16: the log is not written inside the request', () => {
  it('collects samples in memory and writes them all in one transaction', async () => {
    const append = vi.spyOn(rows, 'append');
    for (let index = 0; index < 300; index++) log.log(sample());
    expect(append).not.toHaveBeenCalled();
    await log.flush();
    expect(append).toHaveBeenCalledOnce();
    expect(log.pendingCount).toBe(0);
    expect(await log.summary()).toMatchObject({ hits: 300 });
  });

  it('writes nothing when nothing was logged', async () => {
    const append = vi.spyOn(rows, 'append');
    await log.flush();
    expect(append).not.toHaveBeenCalled();
  });

  it('keeps every field of a sample', async () => {
    const append = vi.spyOn(rows, 'append');
    log.log(sample());
    await log.flush();
    expect(append).toHaveBeenCalledWith([
      {
        cacheType: 'trial-balance',
        companyId: '7',
        cacheHit: true,
        responseTimeMs: 2,
        estimatedOracleTimeMs: 100,
        timeSavedMs: 98,
        username: 'alice',
        timestamp: noon,
        outcome: null,
        missReason: null,
        sourceTimeMs: null,
      },
    ]);
  });
});

describe('a store that fails', () => {
  const outage = new StoreUnavailableError('the disk is full');

  it('costs no sample: they are written by the next flush, in their order', async () => {
    const append = vi.spyOn(rows, 'append').mockRejectedValueOnce(outage);
    log.log(sample({ timestamp: noon }));
    await expect(log.flush()).rejects.toBe(outage);
    log.log(sample({ timestamp: noon + 1 }));
    await log.flush();
    expect(append.mock.lastCall?.[0].map((row) => row.timestamp)).toEqual([noon, noon + 1]);
    expect(await log.summary()).toMatchObject({ hits: 2 });
    expect(log.dropped).toBe(0);
  });

  it('fills no memory: far beyond 100,000 samples the oldest go, and are counted', async () => {
    const append = vi.spyOn(rows, 'append').mockRejectedValueOnce(outage);
    const logged = MAX_PENDING_SAMPLES + 1_500;
    for (let index = 0; index < MAX_PENDING_SAMPLES; index++) log.log(sample({ timestamp: noon + index }));
    const flush = log.flush();
    for (let index = MAX_PENDING_SAMPLES; index < logged; index++)
      log.log(sample({ timestamp: noon + index }));
    await expect(flush).rejects.toBe(outage);
    expect(log.pendingCount).toBeLessThanOrEqual(MAX_PENDING_SAMPLES + 1_000);
    expect(log.dropped).toBeGreaterThan(0);
    expect(log.pendingCount + log.dropped).toBe(logged);
    await log.flush();
    const written = append.mock.lastCall?.[0] ?? [];
    expect(written[0]?.timestamp).toBe(noon + log.dropped);
    expect(written.at(-1)?.timestamp).toBe(noon + logged - 1);
  });

  it('does not make two flushes write a sample twice', async () => {
    for (let index = 0; index < 10; index++) {
      log.log(sample());
      void log.flush();
    }
    expect(await log.summary()).toMatchObject({ hits: 10 });
  });

  it('is not brought down by a sample that no table could hold', async () => {
    log.log(sample({ responseTimeMs: NaN }));
    log.log(sample({ timestamp: 1.5 }));
    log.log(sample({ type: '' }));
    log.log(sample({ type: undefined as never }));
    log.log(sample({ timeSavedMs: Infinity, estimatedSourceTimeMs: NaN, username: '\ud800' }));
    expect(log.dropped).toBe(4);
    expect(await log.summary()).toMatchObject({ hits: 1, timeSavedMs: 0 });
  });
});

describe('fault 17: the summary sums up the time saved', () => {
  beforeEach(() => {
    for (let responseTimeMs = 1; responseTimeMs <= 100; responseTimeMs++) log.log(sample({ responseTimeMs }));
    for (const time of [900, 1_000, 1_100, 1_200]) log.log(miss(time));
    log.log(miss(50, { type: 'ledger', companyId: null, timestamp: noon + 1_000 }));
    log.log(
      sample({ type: 'ledger', companyId: '8', responseTimeMs: 4, timeSavedMs: 46, timestamp: noon + 2_000 }),
    );
  });

  it('gives hits, misses, hit ratio, percentiles and time saved, by type and by company', async () => {
    const trialBalance = {
      hits: 100,
      misses: 4,
      hitRatio: 100 / 104,
      hit: { p50Ms: 50, p95Ms: 95 },
      miss: { p50Ms: 1_000, p95Ms: 1_200 },
      timeSavedMs: 9_800,
    };
    const none = { p50Ms: null, p95Ms: null };
    const summary = await log.summary();
    expect(summary).toMatchObject({ hits: 101, misses: 5, hitRatio: 101 / 106, timeSavedMs: 9_846 });
    expect(summary.byType).toHaveLength(2);
    expect(summary.byType).toEqual(
      expect.arrayContaining([
        { type: 'trial-balance', ...trialBalance },
        {
          type: 'ledger',
          hits: 1,
          misses: 1,
          hitRatio: 0.5,
          hit: { p50Ms: 4, p95Ms: 4 },
          miss: { p50Ms: 50, p95Ms: 50 },
          timeSavedMs: 46,
        },
      ]),
    );
    expect(summary.byCompany).toHaveLength(3);
    expect(summary.byCompany).toEqual(
      expect.arrayContaining([
        { companyId: '7', ...trialBalance },
        expect.objectContaining({ companyId: '8', hits: 1, misses: 0, hitRatio: 1, miss: none }),
        expect.objectContaining({ companyId: null, hits: 0, misses: 1, hitRatio: 0, hit: none }),
      ]),
    );
  });

  test.each([
    [{ type: 'ledger' }, 2],
    [{ companyId: 7 }, 104],
    [{ companyId: '7' }, 104],
    [{ since: noon + 1_000 }, 2],
    [{ since: new Date(noon + 1_001) }, 1],
    [{ since: noon, type: 'ledger', companyId: 8 }, 1],
    [{ type: 'unheard-of' }, 0],
  ])('of %o covers %i requests', async (query, requests) => {
    const { hits, misses } = await log.summary(query);
    expect(hits + misses).toBe(requests);
  });

  it('of no request has no ratio and no percentiles', async () => {
    expect(await log.summary({ since: noon + 3_000 })).toEqual({
      hits: 0,
      misses: 0,
      hitRatio: null,
      hit: { p50Ms: null, p95Ms: null },
      miss: { p50Ms: null, p95Ms: null },
      timeSavedMs: 0,
      byType: [],
      byCompany: [],
    });
  });

  test.each<[object, RegExp]>([
    [{ since: new Date(NaN) }, /^since /],
    [{ since: '2026' }, /^since /],
    [{ type: '' }, /^type /],
    [{ companyId: 1.5 }, /^companyId /],
    [{ companyId: null }, /^companyId /],
  ])('refuses %o and names the condition', async (query, message) => {
    await expect(log.summary(query)).rejects.toThrow(InvalidArgumentError);
    await expect(log.summary(query)).rejects.toThrow(message);
  });
});

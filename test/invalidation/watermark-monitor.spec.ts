import { Injectable } from '@nestjs/common';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CompanyWatermark, type WatermarkSource } from '../../src/index.js';
import { alwaysOurs, type JobTurns } from '../../src/common/job-turns.js';
import { WatermarkMonitor } from '../../src/invalidation/watermark-monitor.js';
import { ProbeTimeout } from '../../src/invalidation/watermark-probe.js';
import type { WatermarkService } from '../../src/invalidation/watermark.service.js';
import { startCacheApp } from '../module/cache-app.js';
import { ManualClock } from '../support/manual-clock.js';

const EVERY = 30_000;

/** A monitor whose check a test plays, on timers that it moves. */
function startMonitor(check: () => Promise<string[]>, turns: JobTurns = alwaysOurs) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const clock = new ManualClock();
  const checking = vi.fn(check);
  const watermarks = { check: checking, othersAsk: vi.fn() };
  const monitor = new WatermarkMonitor(watermarks as unknown as WatermarkService, clock, EVERY, turns);
  onTestFinished(async () => {
    await monitor.stop();
    vi.useRealTimers();
  });
  monitor.start();
  return { monitor, clock, checking };
}

describe('the watermark monitor', () => {
  test('probes once an interval', async () => {
    const { checking } = startMonitor(() => Promise.resolve([]));
    await vi.advanceTimersByTimeAsync(EVERY - 1);
    expect(checking).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(checking).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(9 * EVERY);
    expect(checking).toHaveBeenCalledTimes(10);
  });

  test('is well before the first probe, and knows when one succeeded last', async () => {
    const { monitor, clock } = startMonitor(() => Promise.resolve([]));
    expect(monitor.health).toEqual({ ok: true, failure: undefined, lastSuccess: undefined });
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(monitor.health).toEqual({ ok: true, failure: undefined, lastSuccess: clock.now() });
  });

  test('goes on after a source that fails, and is well again when it answers', async () => {
    const { monitor, checking, clock } = startMonitor(() => Promise.resolve([]));
    await vi.advanceTimersByTimeAsync(EVERY);
    const lastSuccess = clock.now();
    checking.mockRejectedValue(new Error('ORA-12541'));
    clock.advance(EVERY);
    await vi.advanceTimersByTimeAsync(3 * EVERY);
    expect(checking).toHaveBeenCalledTimes(4);
    expect(monitor.health).toEqual({ ok: false, failure: 'failed', lastSuccess });
    checking.mockResolvedValue([]);
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(monitor.health).toMatchObject({ ok: true, lastSuccess: clock.now() });
  });

  test('gives up a source that hangs after an interval, and asks it again an interval later', async () => {
    const { monitor, checking } = startMonitor(
      () => new Promise((_resolve, reject) => setTimeout(() => reject(new ProbeTimeout(EVERY)), EVERY + 1)),
    );
    await vi.advanceTimersByTimeAsync(2 * EVERY);
    expect(checking).toHaveBeenCalledTimes(1);
    expect(monitor.health).toMatchObject({ ok: false, failure: 'timed out' });
    checking.mockResolvedValue([]);
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(checking).toHaveBeenCalledTimes(2);
    expect(monitor.health).toMatchObject({ ok: true });
  });

  test('starts no second check while one still writes what it learnt, however long that takes', async () => {
    let written!: (changed: string[]) => void;
    const { monitor, checking } = startMonitor(() => new Promise((resolve) => (written = resolve)));
    await vi.advanceTimersByTimeAsync(10 * EVERY);
    expect(checking).toHaveBeenCalledTimes(1);
    expect(monitor.health).toMatchObject({ ok: false, failure: 'timed out' });
    written([]);
    checking.mockResolvedValue([]);
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(checking).toHaveBeenCalledTimes(2);
    expect(monitor.health).toMatchObject({ ok: true });
  });

  test('asks nothing while it is the turn of another process, and is well', async () => {
    const turns = { ...alwaysOurs, claim: vi.fn<JobTurns['claim']>().mockResolvedValue('theirs') };
    const { monitor, checking } = startMonitor(() => Promise.resolve([]), turns);
    await vi.advanceTimersByTimeAsync(3 * EVERY);
    expect(checking).toHaveBeenCalledTimes(0);
    expect(monitor.health).toMatchObject({ ok: true });
    expect(turns.claim).toHaveBeenLastCalledWith('watermarks', EVERY);
  });

  test('asks by itself while nobody can tell whose turn it is', async () => {
    const turns = { ...alwaysOurs, claim: () => Promise.resolve('unknown' as const) };
    const { checking } = startMonitor(() => Promise.resolve([]), turns);
    await vi.advanceTimersByTimeAsync(3 * EVERY);
    expect(checking).toHaveBeenCalledTimes(3);
  });

  test('hands its turn on when its source fails, and is well once another process asks', async () => {
    const turns = { claim: vi.fn<JobTurns['claim']>().mockResolvedValue('ours'), handOn: vi.fn() };
    const { monitor } = startMonitor(() => Promise.reject(new Error('ORA-12541')), turns);
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(turns.handOn).toHaveBeenCalledExactlyOnceWith('watermarks');
    expect(monitor.health).toMatchObject({ ok: false });
    turns.claim.mockResolvedValue('theirs');
    await vi.advanceTimersByTimeAsync(EVERY);
    expect(monitor.health).toMatchObject({ ok: true });
  });

  test('probes no more once it is stopped', async () => {
    const { monitor, checking } = startMonitor(() => Promise.resolve([]));
    await vi.advanceTimersByTimeAsync(EVERY);
    await monitor.stop();
    await monitor.stop();
    await vi.advanceTimersByTimeAsync(10 * EVERY);
    expect(checking).toHaveBeenCalledTimes(1);
  });
});

describe('the module', () => {
  @Injectable()
  class Books implements WatermarkSource {
    static maxId = 1;
    static asked = 0;

    readWatermarks(companyIds: readonly string[]): Promise<CompanyWatermark[]> {
      Books.asked += 1;
      return Promise.resolve(
        companyIds.map((companyId) => ({ companyId, schema: 'ACME', watermark: Books.maxId })),
      );
    }
  }

  test.each([
    ['built by Nest from its class', { source: Books, providers: [] }],
    ["that is one of the app's providers", { source: Books, providers: [Books] }],
    ['that is an object', { source: new Books(), providers: [] }],
  ])('drops what a source %s says has changed, by itself', async (_what, { source, providers }) => {
    const app = await startCacheApp({ providers, cache: { watermark: { source, every: 5 } } });
    Books.asked = 0;
    await app.service.set('first sight', 1, { type: 't', companyId: 7 });
    await vi.waitFor(() => expect(Books.asked).toBeGreaterThan(0), { interval: 5, timeout: 10_000 });
    await expect.poll(() => app.service.get('first sight'), { interval: 5, timeout: 10_000 }).toBeUndefined();
    await app.service.set('k', 1, { type: 't', companyId: 7 });
    const asked = Books.asked;
    await vi.waitFor(() => expect(Books.asked).toBeGreaterThan(asked + 1), { interval: 5, timeout: 10_000 });
    expect(await app.service.get('k')).toBe(1);
    Books.maxId += 1;
    app.clock.advance(1);
    await expect.poll(() => app.service.get('k'), { interval: 5, timeout: 10_000 }).toBeUndefined();
  });

  test('says once that the source fails, and serves meanwhile', async () => {
    const source = { readWatermarks: () => Promise.reject(new RangeError('ORA-12541')) };
    // Long enough for a busy machine to be told of the failure before the source counts as late.
    const app = await startCacheApp({ cache: { watermark: { source, every: 100 } } });
    const said = (): string[] =>
      app.logger.warnings.filter((warning) => warning.includes('watermark source'));
    await app.service.set('k', 1, { type: 't', companyId: 7 });
    await vi.waitFor(() => expect(said()).toHaveLength(1), { interval: 5, timeout: 10_000 });
    expect(said()[0]).toMatch(/watermark source cannot be asked: RangeError$/);
    await app.get(WatermarkMonitor).probe();
    expect(said()).toHaveLength(1);
    expect(await app.service.get('k')).toBe(1);
  });

  test('asks the source no more once the app has closed', async () => {
    const app = await startCacheApp({ cache: { watermark: { source: Books, every: 5 } } });
    await app.service.set('k', 1, { type: 't', companyId: 7 });
    Books.asked = 0;
    await vi.waitFor(() => expect(Books.asked).toBeGreaterThan(0), { interval: 5, timeout: 10_000 });
    await app.close();
    const asked = Books.asked;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(Books.asked).toBe(asked);
  });
});

import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { InvalidArgumentError, StoreUnavailableError } from '../../src/common/errors.js';
import { BenchmarkService } from '../../src/performance/benchmark.service.js';
import { QueryBenchmarkRepository } from '../../src/storage/repositories/query-benchmark.repository.js';
import { ManualClock } from '../support/manual-clock.js';
import { openDatabase } from '../support/open-database.js';

let table: QueryBenchmarkRepository;
let benchmarks: BenchmarkService;
const clock = new ManualClock();

beforeEach(async () => {
  table = new QueryBenchmarkRepository(await openDatabase());
  benchmarks = new BenchmarkService(table, clock);
});

describe('the benchmark of a type', () => {
  it('is undefined while nothing is known', async () => {
    expect(await benchmarks.get('ledger')).toBeUndefined();
    expect(benchmarks.estimate('ledger')).toBeUndefined();
  });

  it('comes back as it was set, and is stamped', async () => {
    await benchmarks.set('ledger', 120.5, 3);
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 120.5, sampleCount: 3 });
    expect(benchmarks.estimate('ledger')).toBe(120.5);
    expect((await table.find('ledger'))?.lastUpdated).toBe(clock.now());
  });

  it('is the running mean of what was recorded, at once in the estimate and in get', async () => {
    for (const elapsed of [100, 200, 600]) benchmarks.record('ledger', elapsed);
    benchmarks.record('journal', 7);
    expect(benchmarks.estimate('ledger')).toBe(300);
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 300, sampleCount: 3 });
    expect(await benchmarks.get('journal')).toEqual({ avgTimeMs: 7, sampleCount: 1 });
  });

  it('counts on from what was set, and from what was set without samples not at all', async () => {
    await benchmarks.set('ledger', 100, 1);
    await benchmarks.set('journal', 5_000, 0);
    for (const type of ['ledger', 'journal']) benchmarks.record(type, 300);
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 200, sampleCount: 2 });
    expect(await benchmarks.get('journal')).toEqual({ avgTimeMs: 300, sampleCount: 1 });
    expect([benchmarks.estimate('ledger'), benchmarks.estimate('journal')]).toEqual([200, 300]);
  });

  it('set replaces what was recorded before it', async () => {
    benchmarks.record('ledger', 9_999);
    await benchmarks.set('ledger', 10, 1);
    expect(benchmarks.estimate('ledger')).toBe(10);
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 10, sampleCount: 1 });
  });

  it('keeps what is recorded while it is being set', async () => {
    const save = table.save.bind(table);
    vi.spyOn(table, 'save').mockImplementation((...figure) => {
      benchmarks.record('ledger', 30);
      return save(...figure);
    });
    await benchmarks.set('ledger', 10, 1);
    expect(benchmarks.estimate('ledger')).toBe(20);
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 20, sampleCount: 2 });
  });

  it('is known again after a restart', async () => {
    benchmarks.record('ledger', 50);
    await benchmarks.flush();
    const restarted = new BenchmarkService(table, clock);
    restarted.record('ledger', 150);
    await restarted.load();
    expect(restarted.estimate('ledger')).toBe(100);
  });

  it('passes by what is no time or no type', () => {
    for (const elapsed of [NaN, Infinity, -1]) benchmarks.record('ledger', elapsed);
    benchmarks.record('', 5);
    expect(benchmarks.estimate('ledger')).toBeUndefined();
    expect(benchmarks.estimate('')).toBeUndefined();
  });

  test.each<[string, unknown, unknown, unknown]>([
    ['type', '', 1, 1],
    ['type', null, 1, 1],
    ['avgTimeMs', 'ledger', NaN, 1],
    ['avgTimeMs', 'ledger', -1, 1],
    ['sampleCount', 'ledger', 1, 1.5],
    ['sampleCount', 'ledger', 1, -1],
  ])('refuses a wrong %s by its name', async (argument, type, avgTimeMs, sampleCount) => {
    const setting = benchmarks.set(type as string, avgTimeMs as number, sampleCount as number);
    await expect(setting).rejects.toThrow(InvalidArgumentError);
    await expect(setting).rejects.toThrow(new RegExp(`^${argument} `));
  });
});

describe('fault 15: no sample is lost', () => {
  it('when two processes flush at once', async () => {
    const other = new BenchmarkService(table, clock);
    for (let round = 0; round < 20; round++) {
      benchmarks.record('ledger', 100);
      other.record('ledger', 300);
      await Promise.all([benchmarks.flush(), other.flush()]);
    }
    const figure = await benchmarks.get('ledger');
    expect(figure?.sampleCount).toBe(40);
    expect(figure?.avgTimeMs).toBeCloseTo(200, 6);
  });

  it('when samples are recorded while others are being written', async () => {
    for (let round = 0; round < 20; round++) {
      benchmarks.record('ledger', round);
      void benchmarks.flush();
      benchmarks.record('ledger', round);
    }
    expect((await benchmarks.get('ledger'))?.sampleCount).toBe(40);
    expect(benchmarks.estimate('ledger')).toBeCloseTo(9.5, 6);
  });

  it('when the store fails: only what was not written is written again', async () => {
    const outage = new StoreUnavailableError('the disk is full');
    benchmarks.record('ledger', 10);
    benchmarks.record('journal', 20);
    const addSamples = table.addSamples.bind(table);
    const spy = vi
      .spyOn(table, 'addSamples')
      .mockImplementation((type, ...rest) =>
        type === 'ledger' ? Promise.reject(outage) : addSamples(type, ...rest),
      );
    await expect(benchmarks.flush()).rejects.toBe(outage);
    expect(benchmarks.estimate('ledger')).toBe(10);
    benchmarks.record('ledger', 30);
    spy.mockRestore();
    expect(await benchmarks.get('ledger')).toEqual({ avgTimeMs: 20, sampleCount: 2 });
    expect(await benchmarks.get('journal')).toEqual({ avgTimeMs: 20, sampleCount: 1 });
  });

  it('when the table is loaded while samples wait', async () => {
    await benchmarks.set('ledger', 100, 1);
    benchmarks.record('ledger', 300);
    await benchmarks.load();
    expect(benchmarks.estimate('ledger')).toBe(200);
  });

  it('when the table is loaded while samples are being written', async () => {
    let write!: () => void;
    const held = new Promise<void>((resolve) => (write = resolve));
    const addSamples = table.addSamples.bind(table);
    vi.spyOn(table, 'addSamples').mockImplementation(async (...samples) => {
      await held;
      return addSamples(...samples);
    });
    await benchmarks.set('ledger', 100, 1);
    benchmarks.record('ledger', 300);
    const reads = vi.spyOn(table, 'all');
    const flushing = benchmarks.flush();
    const loading = benchmarks.load();
    // A load that does not wait for the flush to end has begun to read by now, and may finish.
    await new Promise(setImmediate);
    await Promise.all(reads.mock.results.map((read) => read.value));
    write();
    await Promise.all([flushing, loading]);
    expect(benchmarks.estimate('ledger')).toBe(200);
  });
});

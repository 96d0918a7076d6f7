import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { LogHistogram } from '../../src/common/log-histogram.js';

const times = fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

function nearestRank(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

describe('a histogram of times', () => {
  it('gives every quantile within 1 % of the true one', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const truth = nearestRank(values, share);
        expect(Math.abs(histogramOf(values).quantile(share)! - truth)).toBeLessThanOrEqual(truth * 0.0101);
      }),
    );
  });

  it('adds up to what one histogram of all values is', () => {
    fc.assert(
      fc.property(times, times, (some, others) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        expect(merged.toText()).toBe(histogramOf([...some, ...others]).toText());
        expect(merged.size).toBe(some.length + others.length);
      }),
    );
  });

  it('comes back from its text', () => {
    fc.assert(
      fc.property(times, (values) => {
        const histogram = histogramOf(values);
        const read = LogHistogram.parse(histogram.toText());
        expect([read.toText(), read.size]).toEqual([histogram.toText(), values.length]);
      }),
    );
  });

  it('takes what lies beyond its bounds as the bound', () => {
    expect(histogramOf([0, -5]).quantile(1)).toBeLessThan(0.0011);
    expect(histogramOf([Infinity]).quantile(1)).toBeGreaterThan(0.98e9);
  });

  test.each(['', 'null', '[1]', '[1,"2"]', '{"1":2}', '[1,2', '[0.5,1]'])('reads %j as empty', (text) => {
    expect(LogHistogram.parse(text).size).toBe(0);
  });

  it('of no value has no quantile and no usual value', () => {
    expect([new LogHistogram().quantile(0.5), new LogHistogram().usual()]).toEqual([null, null]);
  });

  it('holds one value in a thousand that hung for what the others are', () => {
    const values = [...Array<number>(999).fill(2_000), 600_000];
    expect(Math.abs(histogramOf(values).usual()! - 2_000)).toBeLessThan(2_000 * 0.011);
  });

  it('sums up how far values lie above a limit', () => {
    expect(histogramOf([50, 150, 250]).excessOver(100) / 200).toBeCloseTo(1, 1);
  });
});

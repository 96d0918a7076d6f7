import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/common/duration.js';

describe('a duration', () => {
  test.each([
    [900_000, 900_000],
    [0.5, 0.5],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['90 days', 7_776_000_000],
    ['1.5s', 1_500],
    ['3y', 94_672_800_000],
    ['250', 250],
  ])('%o is %i ms', (duration, milliseconds) => {
    expect(parseDuration(duration)).toBe(milliseconds);
  });

  test.each([
    [0],
    [-1],
    [NaN],
    [Infinity],
    ['0s'],
    ['-5m'],
    [''],
    ['soon'],
    ['15 parsecs'],
    ['1m'.padEnd(101)],
    [null],
    [undefined],
    [true],
    [{}],
    [[5]],
    [10n],
  ])('cannot be %o', (duration) => {
    expect(parseDuration(duration)).toBeUndefined();
  });
});

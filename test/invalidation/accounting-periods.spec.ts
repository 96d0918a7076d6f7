import { describe, expect, it, test } from 'vitest';
import {
  InvalidArgumentError,
  isClosed,
  month,
  periodTag,
  periodTags,
  wholeYear,
  yearToDate,
} from '../../src/index.js';

describe('accounting periods', () => {
  it('tags a month with itself', () => {
    expect(periodTags(month('2026-03'))).toEqual(['period:2026-03']);
  });

  it('tags year-to-date with every month since January', () => {
    expect(periodTags(yearToDate('2026-03'))).toEqual(['period:2026-01', 'period:2026-02', 'period:2026-03']);
  });

  it('tags a year with its twelve months', () => {
    const tags = periodTags(wholeYear(2026));
    expect(tags).toHaveLength(12);
    expect([tags[0], tags[11]]).toEqual(['period:2026-01', 'period:2026-12']);
  });

  it('counts months across years', () => {
    expect(periodTags({ from: '2025-11', to: '2026-02' })).toEqual(
      ['2025-11', '2025-12', '2026-01', '2026-02'].map(periodTag),
    );
  });

  test.each([
    [undefined, false],
    ['2026-02', false],
    ['2026-03', true],
    ['2027-01', true],
  ])('a report up to March is closed when the books are closed through %s: %s', (closedThrough, closed) => {
    expect(isClosed(yearToDate('2026-03'), closedThrough)).toBe(closed);
  });

  test.each(['2026-13', '2026-00', '2026-3', '26-03', '', '2026-03-01', ' 2026-03'])(
    'refuses %o as a month',
    (period) => {
      expect(() => month(period)).toThrow(InvalidArgumentError);
      expect(() => periodTag(period)).toThrow(InvalidArgumentError);
    },
  );

  it('refuses a range that ends before it begins or never seems to end', () => {
    expect(() => periodTags({ from: '2026-04', to: '2026-03' })).toThrow(InvalidArgumentError);
    expect(() => periodTags({ from: '0001-01', to: '9999-12' })).toThrow(InvalidArgumentError);
  });
});

import { InvalidArgumentError } from '../common/errors.js';

/** A month of the books, `'2026-03'`. */
export type Period = `${number}-${number}`;

/** The months of the books that a report is made of, both included. */
export interface PeriodRange {
  readonly from: Period;
  readonly to: Period;
}

/** A report over one month. @throws {InvalidArgumentError} when it is no month. */
export function month(period: string): PeriodRange {
  const valid = requirePeriod(period);
  return { from: valid, to: valid };
}

/** A report from January to the month. @throws {InvalidArgumentError} when it is no month. */
export function yearToDate(period: string): PeriodRange {
  const to = requirePeriod(period);
  return { from: `${yearOf(to)}-01` as Period, to };
}

/** A report over a whole year. @throws {InvalidArgumentError} when it is no year from 1 to 9999. */
export function wholeYear(year: number | string): PeriodRange {
  const digits = String(year).padStart(4, '0');
  return { from: requirePeriod(`${digits}-01`), to: requirePeriod(`${digits}-12`) };
}

/** The tag of a month: entries that carry it are made of postings of that month. */
export function periodTag(period: string): string {
  return `period:${requirePeriod(period)}`;
}

/** A tag for each month of the range. @throws {InvalidArgumentError} when it is longer than 100 years, or ends before it begins. */
export function periodTags({ from, to }: PeriodRange): string[] {
  const first = monthNumber(requirePeriod(from));
  const count = monthNumber(requirePeriod(to)) - first + 1;
  if (count < 1 || count > 1_200) {
    throw new InvalidArgumentError('a range of periods must end after it begins and span at most 100 years');
  }
  return Array.from({ length: count }, (_, index) => periodTag(periodOf(first + index)));
}

/** @returns whether the books of the whole range are closed, given the last closed month. */
export function isClosed(range: PeriodRange, closedThrough: string | undefined): boolean {
  return closedThrough !== undefined && monthNumber(range.to) <= monthNumber(requirePeriod(closedThrough));
}

function requirePeriod(period: unknown): Period {
  if (typeof period === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(period)) return period as Period;
  throw new InvalidArgumentError(`a period must be a month such as '2026-03'`);
}

function yearOf(period: Period): string {
  return period.slice(0, 4);
}

/** Months since the year 0. */
function monthNumber(period: Period): number {
  return Number(yearOf(period)) * 12 + Number(period.slice(5)) - 1;
}

function periodOf(number: number): Period {
  const year = String(Math.floor(number / 12)).padStart(4, '0');
  const monthOfYear = String((number % 12) + 1).padStart(2, '0');
  return `${year}-${monthOfYear}` as Period;
}

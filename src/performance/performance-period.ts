import { InvalidArgumentError } from '../common/errors.js';
import { type Resolution, RESOLUTION_MS } from '../storage/rollup.js';

/** How far a report on performance looks back. */
export type PerformanceRange = '24h' | '7d' | '30d' | '90d' | '1y';

/** What a range is made of: this many hours or days, the current one included. */
const RANGES: Readonly<Record<PerformanceRange, readonly [Resolution, intervals: number]>> = {
  '24h': ['hour', 24],
  '7d': ['hour', 7 * 24],
  '30d': ['day', 30],
  '90d': ['day', 90],
  '1y': ['day', 365],
};

/** Whole hours or days (UTC) up to the current one. Times are epoch milliseconds. */
export interface PerformancePeriod {
  readonly resolution: Resolution;
  readonly from: number;
  readonly to: number;
  /** The width of one interval, in milliseconds. */
  readonly intervalMs: number;
  /** The beginning of each interval. */
  readonly starts: readonly number[];
}

/** Whether an hour or day is one of the period's. */
export function isIn(
  { resolution, from, to }: PerformancePeriod,
  interval: { readonly resolution: Resolution; readonly startedAt: number },
): boolean {
  return interval.resolution === resolution && interval.startedAt >= from && interval.startedAt <= to;
}

/** @throws {InvalidArgumentError} when it is none. */
export function requireRange(range: unknown): PerformanceRange {
  if (typeof range === 'string' && Object.hasOwn(RANGES, range)) return range as PerformanceRange;
  throw new InvalidArgumentError(`range must be one of ${Object.keys(RANGES).join(', ')}`);
}

/** The period of a range that ends now. */
export function periodOf(range: PerformanceRange, now: number): PerformancePeriod {
  const [resolution, intervals] = RANGES[range];
  return lastIntervals(resolution, intervals, now);
}

/** From midnight of the server's time zone, cut to the hour, until now. */
export function today(now: number): PerformancePeriod {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const widthMs = RESOLUTION_MS.hour;
  return lastIntervals('hour', Math.floor(now / widthMs) - Math.floor(midnight / widthMs) + 1, now);
}

function lastIntervals(resolution: Resolution, intervals: number, now: number): PerformancePeriod {
  const intervalMs = RESOLUTION_MS[resolution];
  const current = Math.floor(now / intervalMs) * intervalMs;
  const from = current - (intervals - 1) * intervalMs;
  const starts = Array.from({ length: intervals }, (_, index) => from + index * intervalMs);
  return { resolution, from, to: now, intervalMs, starts };
}

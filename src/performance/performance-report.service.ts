import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { InvalidArgumentError } from '../common/errors.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import {
  PerformanceLogRepository,
  type UserActivity,
} from '../storage/repositories/performance-log.repository.js';
import { PerformanceRollupRepository } from '../storage/repositories/performance-rollup.repository.js';
import type { Rollup } from '../storage/rollup.js';
import { BenchmarkService } from './benchmark.service.js';
import { PerformanceLogService } from './performance-log.service.js';
import { isIn, periodOf, requireRange, today, type PerformancePeriod } from './performance-period.js';
import type { PerformanceRange } from './performance-period.js';
import { RollupReader, type RolledInterval } from './rollup-reader.js';
import { SourceTimes } from './source-times.js';
import { emptyFigures, Traffic, type TimeSaved, type TrafficFigures } from './traffic.js';
import { TypeTraffic, type TypePerformance } from './type-traffic.js';

export type { MissesByReason, TypePerformance } from './type-traffic.js';

/** Which requests a report is about; epoch milliseconds. */
export interface ReportedPeriod {
  from: number;
  to: number;
}

export interface PerformanceOverview extends ReportedPeriod {
  /** The width of one interval of the series, in milliseconds. */
  intervalMs: number;
  totals: TrafficFigures;
  /** One for each hour or day, the oldest first; `at` is when it began. */
  series: (TrafficFigures & { at: number })[];
  /** Since midnight of the server's time zone. */
  savedToday: TimeSaved;
  saved30Days: TimeSaved;
  /** Rows of the log that the figures do not contain yet: those of a log that was never summed up before. */
  waiting: number;
}

export interface CompanyPerformance extends TrafficFigures {
  /** `null`: reports that belong to no company. */
  companyId: string | null;
  /** What the source took for it, together, in milliseconds. */
  missSourceMs: number;
}

/** An overview of no request, for a store that cannot be asked. */
export function emptyOverview(range: PerformanceRange, now: number): PerformanceOverview {
  const { from, to, intervalMs } = periodOf(range, now);
  const totals = emptyFigures();
  return {
    ...{ from, to, intervalMs, totals, series: [], waiting: 0 },
    savedToday: totals.saved,
    saved30Days: totals.saved,
  };
}

const USUAL_RANGE: PerformanceRange = '30d';

/**
 * What the cache does for its users, from the performance log as summed up by hour and by day. Percentiles are within
 * 2 %. What the source usually takes is learnt from the misses of the last 30 days, or of the range where that is
 * longer; of a type without any, its benchmark counts.
 *
 * Every method rejects with what the store throws, and with {@link InvalidArgumentError} for a range that is none.
 */
@Injectable()
export class PerformanceReportService {
  constructor(
    private readonly rollups: PerformanceRollupRepository,
    private readonly rows: PerformanceLogRepository,
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  async overview(range: PerformanceRange): Promise<PerformanceOverview> {
    const { period, learning, now } = this.periods(range);
    const periods = [period, today(now), periodOf('30d', now)] as const;
    const { reader, source } = await this.learn(learning);
    const [total, sinceMidnight, last30Days] = [new Traffic(), new Traffic(), new Traffic()] as const;
    const series = new Map(period.starts.map((at) => [at, new Traffic()]));
    for await (const interval of reader.read(periods)) {
      const sums = [total, sinceMidnight, last30Days].filter((_, index) => isIn(periods[index]!, interval));
      if (isIn(period, interval)) sums.push(series.get(interval.startedAt)!);
      for (const rollup of interval.rollups) for (const sum of sums) sum.add(rollup, source);
    }
    const { from, to, intervalMs } = period;
    return {
      ...{ from, to, intervalMs, waiting: reader.waiting },
      totals: total.figures(),
      series: [...series].map(([at, traffic]) => ({ at, ...traffic.figures() })),
      savedToday: sinceMidnight.figures().saved,
      saved30Days: last30Days.figures().saved,
    };
  }

  async byType(range: PerformanceRange): Promise<ReportedPeriod & { types: TypePerformance[] }> {
    const { period, learning } = this.periods(range);
    const { reader, source } = await this.learn(learning);
    const groups = await grouped(reader.read([period]), ({ type }) => type, source, TypeTraffic);
    const types = [...groups.values()].map((traffic) => traffic.performance(source));
    return { from: period.from, to: period.to, types: types.sort(busiestFirst(({ type }) => type)) };
  }

  async byCompany(range: PerformanceRange): Promise<ReportedPeriod & { companies: CompanyPerformance[] }> {
    const { period, learning } = this.periods(range);
    const { reader, source } = await this.learn(learning);
    const groups = await grouped(reader.read([period]), ({ companyId }) => companyId, source, Traffic);
    const companies = [...groups].map(([companyId, traffic]) => {
      return { ...traffic.figures(), companyId, missSourceMs: traffic.sourceTotalMs };
    });
    return {
      from: period.from,
      to: period.to,
      companies: companies.sort(busiestFirst(({ companyId }) => companyId ?? '')),
    };
  }

  /** Who asked from an instant on: a Date, or epoch milliseconds. Reads every row since then. */
  async users(since: Date | number): Promise<UserActivity[]> {
    const time = Number(since);
    if (!Number.isFinite(time)) {
      throw new InvalidArgumentError('since must be a valid Date or epoch milliseconds');
    }
    await this.log.flush();
    return this.rows.usersSince(time);
  }

  private periods(range: PerformanceRange): {
    now: number;
    period: PerformancePeriod;
    learning: PerformancePeriod;
  } {
    const now = this.clock.now();
    const period = periodOf(requireRange(range), now);
    const usual = periodOf(USUAL_RANGE, now);
    return { now, period, learning: period.from < usual.from ? period : usual };
  }

  /** What the source usually takes, before anything is reckoned by it; and what is to be read further. */
  private async learn(
    learning: PerformancePeriod,
  ): Promise<{ readonly reader: RollupReader; readonly source: SourceTimes }> {
    await this.log.flush();
    const reader = await RollupReader.begin(this.rollups);
    const source = new SourceTimes((type) => this.benchmarks.estimate(type));
    for await (const { rollups } of reader.readMisses([learning])) source.learn(rollups);
    return { reader, source };
  }
}

/** A sum for each group, of what is read. */
async function grouped<Key, Sum extends { add(rollup: Rollup, source: SourceTimes): void }>(
  intervals: AsyncIterable<RolledInterval>,
  keyOf: (rollup: Rollup) => Key,
  source: SourceTimes,
  SumOf: new (key: Key) => Sum,
): Promise<Map<Key, Sum>> {
  const groups = new Map<Key, Sum>();
  for await (const { rollups } of intervals) {
    for (const rollup of rollups) {
      const key = keyOf(rollup);
      const sum = groups.get(key) ?? new SumOf(key);
      sum.add(rollup, source);
      groups.set(key, sum);
    }
  }
  return groups;
}

/** Those that are equally busy by name, so that a list does not jump each time it is looked at. */
function busiestFirst<Row extends TrafficFigures>(nameOf: (row: Row) => string) {
  return (a: Row, b: Row): number => b.requests - a.requests || compareTexts(nameOf(a), nameOf(b));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

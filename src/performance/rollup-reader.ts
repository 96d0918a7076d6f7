import { setImmediate } from 'node:timers/promises';
import type { PerformanceRollupRepository } from '../storage/repositories/performance-rollup.repository.js';
import { type LoggedRequest, type Resolution, type Rollup, RollupBag, startOf } from '../storage/rollup.js';
import type { PerformancePeriod } from './performance-period.js';

/** Rows of the log that a report adds up by itself; more wait for the next roll-up. */
const LONGEST_TAIL = 20_000;

/** Rows read at once, so that the event loop gets its turn. */
const ROWS_AT_ONCE = 2_000;

/** The rollups of one hour or day, with the rows of the log that are not rolled up yet added to them. */
export interface RolledInterval {
  readonly resolution: Resolution;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly rollups: readonly Rollup[];
}

/**
 * Reads rollups interval by interval, so that no more than one is held, and the event loop gets its turn between two.
 * The log is rolled up meanwhile: each interval comes with how far the roll-up had come, and only what is beyond that
 * is added to it. Rejected: one read transaction over all of them, which would hold the write-ahead log for as long.
 */
export class RollupReader {
  private constructor(
    private readonly rollups: PerformanceRollupRepository,
    private readonly tail: ReadonlyMap<string, readonly LoggedRequest[]>,
    /** Rows of the log that were in no interval when it was begun. */
    readonly waiting: number,
  ) {}

  /** Reads the end of the log; what is logged afterwards is left out. @throws what the store throws. */
  static async begin(rollups: PerformanceRollupRepository): Promise<RollupReader> {
    const cursor = await rollups.cursor();
    const tail = await readTail(rollups, cursor);
    const waiting =
      tail.length < LONGEST_TAIL ? 0 : await rollups.countLoggedAfter(Number(tail.at(-1)?.id ?? cursor));
    return new RollupReader(rollups, byInterval(tail), waiting);
  }

  /** Every hour or day of the periods, once. @throws what the store throws. */
  read(periods: readonly PerformancePeriod[]): AsyncGenerator<RolledInterval> {
    return this.each(periods, (resolution, startedAt) => this.rollups.of(resolution, startedAt));
  }

  /** As {@link read}, with the rollups of misses alone. */
  readMisses(periods: readonly PerformancePeriod[]): AsyncGenerator<RolledInterval> {
    return this.each(periods, (resolution, startedAt) => this.rollups.missesOf(resolution, startedAt));
  }

  private async *each(
    periods: readonly PerformancePeriod[],
    find: PerformanceRollupRepository['of'],
  ): AsyncGenerator<RolledInterval> {
    const done = new Set<string>();
    for (const { resolution, starts } of periods) {
      for (const startedAt of starts) {
        const id = idOf(resolution, startedAt);
        if (done.has(id)) continue;
        done.add(id);
        const { rollups, cursor } = await find(resolution, startedAt);
        yield { resolution, startedAt, rollups: [...rollups, ...this.beyond(cursor, resolution, id)] };
        await setImmediate();
      }
    }
  }

  private beyond(cursor: number, resolution: Resolution, id: string): Rollup[] {
    const bag = new RollupBag();
    for (const request of this.tail.get(id) ?? [])
      if (Number(request.id) > cursor) bag.addRequest(resolution, request);
    return bag.values();
  }
}

async function readTail(rollups: PerformanceRollupRepository, cursor: number): Promise<LoggedRequest[]> {
  const tail: LoggedRequest[] = [];
  for (let after = cursor; tail.length < LONGEST_TAIL; after = Number(tail.at(-1)!.id)) {
    const rows = await rollups.loggedAfter(after, ROWS_AT_ONCE);
    tail.push(...rows);
    if (rows.length < ROWS_AT_ONCE) break;
  }
  return tail;
}

function byInterval(requests: readonly LoggedRequest[]): Map<string, LoggedRequest[]> {
  const intervals = new Map<string, LoggedRequest[]>();
  for (const request of requests) {
    for (const resolution of ['hour', 'day'] as const) {
      const id = idOf(resolution, startOf(resolution, request));
      const known = intervals.get(id);
      if (known === undefined) intervals.set(id, [request]);
      else known.push(request);
    }
  }
  return intervals;
}

function idOf(resolution: Resolution, startedAt: number): string {
  return `${resolution} ${startedAt}`;
}

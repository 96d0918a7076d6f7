import type { Rollup } from '../storage/rollup.js';
import type { ResponseTimes } from './performance-summary.js';
import type { SourceTimes } from './source-times.js';
import { Traffic, type TrafficFigures } from './traffic.js';

/** Misses of one reason. */
export interface MissesByReason {
  /** `null`: nobody knows, as of rows of an earlier version. */
  reason: string | null;
  misses: number;
  /** What the source took for them, together, in milliseconds. */
  sourceMs: number;
}

export interface TypePerformance extends TrafficFigures {
  type: string;
  /** What the source took for a miss. */
  source: ResponseTimes;
  /** What the time saved is reckoned by, in milliseconds; `null` when no run was measured. */
  usualSourceMs: number | null;
  missReasons: MissesByReason[];
}

/** Adds rollups of one type up, and tells misses by their reason. */
export class TypeTraffic {
  private readonly traffic = new Traffic();
  private readonly reasons = new Map<string | null, MissesByReason>();

  constructor(private readonly type: string) {}

  add(rollup: Rollup, source: SourceTimes): void {
    this.traffic.add(rollup, source);
    if (rollup.outcome !== 'miss') return;
    const { missReason: reason, requests, sourceTotalMs } = rollup;
    const { misses, sourceMs } = this.reasons.get(reason) ?? { misses: 0, sourceMs: 0 };
    this.reasons.set(reason, { reason, misses: misses + requests, sourceMs: sourceMs + sourceTotalMs });
  }

  performance(source: SourceTimes): TypePerformance {
    const { type, traffic } = this;
    return {
      ...traffic.figures(),
      type,
      source: traffic.sourceTimes,
      usualSourceMs: source.usualOfType(type),
      missReasons: [...this.reasons.values()].sort(
        (a, b) => b.misses - a.misses || ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1),
      ),
    };
  }
}

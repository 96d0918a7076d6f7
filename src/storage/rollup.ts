import { LogHistogram } from '../common/log-histogram.js';
import { isRequestOutcome, type RequestOutcome } from '../common/request-outcome.js';

export type Resolution = 'hour' | 'day';

/** The width of a rollup, in milliseconds. */
export const RESOLUTION_MS: Readonly<Record<Resolution, number>> = { hour: 3_600_000, day: 86_400_000 };

/** Which requests a rollup sums up. */
export interface RollupKey {
  readonly resolution: Resolution;
  /** When its hour or day began (UTC), in epoch milliseconds. */
  readonly startedAt: number;
  readonly type: string;
  /** `null`: reports that belong to no company. */
  readonly companyId: string | null;
  readonly outcome: RequestOutcome;
  /** `null` for what is no miss, and for misses of which nobody knows why. */
  readonly missReason: string | null;
}

/** Requests summed up. Times in milliseconds. */
export interface Rollup extends RollupKey {
  requests: number;
  responseTotalMs: number;
  readonly responseTimes: LogHistogram;
  /** What the source took for misses; 0 for all others. */
  sourceTotalMs: number;
  readonly sourceTimes: LogHistogram;
}

/** What is summed up of a row of the performance log. */
export interface LoggedRequest {
  readonly id: number;
  readonly cache_type: string;
  readonly company_id: string | null;
  readonly cache_hit: number | boolean;
  readonly response_time_ms: number;
  readonly outcome: string | null;
  readonly miss_reason: string | null;
  readonly source_time_ms: number | null;
  readonly timestamp: number;
}

/** Rollups by their key. */
export class RollupBag {
  private readonly rollups = new Map<string, Rollup>();

  values(): Rollup[] {
    return [...this.rollups.values()];
  }

  addRequest(resolution: Resolution, request: LoggedRequest): void {
    const rollup = this.of(keyOf(resolution, request));
    const responseMs = time(request.response_time_ms);
    rollup.requests += 1;
    rollup.responseTotalMs += responseMs;
    rollup.responseTimes.add(responseMs);
    if (rollup.outcome !== 'miss') return;
    // Rows written by somebody else may not tell; what the user waited is then the best that is known.
    const sourceMs = time(request.source_time_ms ?? request.response_time_ms);
    rollup.sourceTotalMs += sourceMs;
    rollup.sourceTimes.add(sourceMs);
  }

  merge(other: Rollup): void {
    const rollup = this.of(other);
    rollup.requests += other.requests;
    rollup.responseTotalMs += other.responseTotalMs;
    rollup.responseTimes.merge(other.responseTimes);
    rollup.sourceTotalMs += other.sourceTotalMs;
    rollup.sourceTimes.merge(other.sourceTimes);
  }

  private of(key: RollupKey): Rollup {
    const { resolution, startedAt, type, companyId, outcome, missReason } = key;
    const id = JSON.stringify([resolution, startedAt, type, companyId, outcome, missReason]);
    const known = this.rollups.get(id);
    if (known !== undefined) return known;
    const rollup: Rollup = {
      ...{ resolution, startedAt, type, companyId, outcome, missReason },
      ...{ requests: 0, responseTotalMs: 0, responseTimes: new LogHistogram() },
      ...{ sourceTotalMs: 0, sourceTimes: new LogHistogram() },
    };
    this.rollups.set(id, rollup);
    return rollup;
  }
}

/** When the hour or day of a request began (UTC), in epoch milliseconds. */
export function startOf(resolution: Resolution, { timestamp }: LoggedRequest): number {
  const widthMs = RESOLUTION_MS[resolution];
  return Math.floor(time(Number(timestamp)) / widthMs) * widthMs;
}

function keyOf(resolution: Resolution, request: LoggedRequest): RollupKey {
  const outcome = outcomeOf(request);
  // Texts whatever is there: a damaged row must not keep all that follow it from being summed up.
  return {
    resolution,
    startedAt: startOf(resolution, request),
    type: String(request.cache_type),
    companyId: textOrNull(request.company_id),
    outcome,
    missReason: outcome === 'miss' ? textOrNull(request.miss_reason) : null,
  };
}

/** An empty text is stored as none, and two rollups that are stored as one cannot be saved at once. */
function textOrNull(value: string | null): string | null {
  return value === null ? null : String(value) || null;
}

function outcomeOf({ outcome, cache_hit }: LoggedRequest): RequestOutcome {
  if (isRequestOutcome(outcome)) return outcome;
  return cache_hit ? 'hit' : 'miss';
}

function time(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

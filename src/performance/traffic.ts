import { LogHistogram } from '../common/log-histogram.js';
import { REQUEST_OUTCOMES, type RequestOutcome } from '../common/request-outcome.js';
import type { Rollup } from '../storage/rollup.js';
import type { ResponseTimes } from './performance-summary.js';
import type { SourceTimes } from './source-times.js';

/**
 * Waiting that the cache spared, in milliseconds, negative where it cost some. Reckoned by what the source usually
 * takes: see {@link SourceTimes}.
 */
export interface TimeSaved {
  /** Of hits: what the source would have taken, less the response time. */
  totalMs: number;
  /** The part of hits that were faster than the source. */
  gainedMs: number;
  /** The part of hits that were slower; not above 0. */
  lostMs: number;
  /** Apart: of those who waited for another request's run of the source. */
  coalescedMs: number;
  /** Apart: of expired answers served within their grace. */
  staleMs: number;
  /** Apart: what misses took longer than the source alone; not below 0. */
  overheadMs: number;
  /** Hits of types of which no miss was measured; not in any of the sums. */
  unknownHits: number;
}

/** Figures of a group of requests. */
export interface TrafficFigures {
  requests: number;
  outcomes: Record<RequestOutcome, number>;
  /** Hits by hits, misses, coalesced and stale, 0 to 1; `null` without any. */
  hitRatio: number | null;
  hit: ResponseTimes;
  miss: ResponseTimes;
  saved: TimeSaved;
}

/** Of no request. */
export function emptyFigures(): TrafficFigures {
  return new Traffic().figures();
}

/** Adds rollups up. */
export class Traffic {
  private readonly outcomes = Object.fromEntries(REQUEST_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    RequestOutcome,
    number
  >;
  private readonly hitTimes = new LogHistogram();
  private readonly missTimes = new LogHistogram();
  private readonly saved: TimeSaved = {
    totalMs: 0,
    gainedMs: 0,
    lostMs: 0,
    coalescedMs: 0,
    staleMs: 0,
    overheadMs: 0,
    unknownHits: 0,
  };
  private readonly sourceHistogram = new LogHistogram();
  private sourceMs = 0;

  /** What the source took for the misses, together, in milliseconds. */
  get sourceTotalMs(): number {
    return this.sourceMs;
  }

  /** What the source took for a miss. */
  get sourceTimes(): ResponseTimes {
    return quantilesOf(this.sourceHistogram);
  }

  add(rollup: Rollup, source: SourceTimes): void {
    this.outcomes[rollup.outcome] += rollup.requests;
    const usualMs = source.usual(rollup.type, rollup.companyId);
    if (rollup.outcome === 'hit') this.addHits(rollup, usualMs);
    else if (rollup.outcome === 'miss') this.addMisses(rollup);
    else if (usualMs === null) return;
    else if (rollup.outcome === 'coalesced') this.saved.coalescedMs += difference(rollup, usualMs);
    else if (rollup.outcome === 'stale') this.saved.staleMs += difference(rollup, usualMs);
  }

  figures(): TrafficFigures {
    const { hit, miss, coalesced, stale } = this.outcomes;
    const answered = hit + miss + coalesced + stale;
    return {
      requests: Object.values(this.outcomes).reduce((sum, requests) => sum + requests, 0),
      outcomes: { ...this.outcomes },
      hitRatio: answered === 0 ? null : hit / answered,
      hit: quantilesOf(this.hitTimes),
      miss: quantilesOf(this.missTimes),
      saved: { ...this.saved },
    };
  }

  private addHits(rollup: Rollup, usualMs: number | null): void {
    this.hitTimes.merge(rollup.responseTimes);
    if (usualMs === null) {
      this.saved.unknownHits += rollup.requests;
      return;
    }
    const totalMs = difference(rollup, usualMs);
    const lostMs = Math.min(0, totalMs, -rollup.responseTimes.excessOver(usualMs));
    this.saved.totalMs += totalMs;
    this.saved.lostMs += lostMs;
    this.saved.gainedMs += totalMs - lostMs;
  }

  private addMisses(rollup: Rollup): void {
    this.missTimes.merge(rollup.responseTimes);
    this.sourceHistogram.merge(rollup.sourceTimes);
    this.sourceMs += rollup.sourceTotalMs;
    this.saved.overheadMs += Math.max(0, rollup.responseTotalMs - rollup.sourceTotalMs);
  }
}

function difference({ requests, responseTotalMs }: Rollup, usualMs: number): number {
  return requests * usualMs - responseTotalMs;
}

function quantilesOf(histogram: LogHistogram): ResponseTimes {
  return { p50Ms: histogram.quantile(0.5), p95Ms: histogram.quantile(0.95) };
}

import { Inject, Injectable } from '@nestjs/common';
import type { Outcome } from '../cache/outcome.js';
import type { Clock } from '../common/clock.js';
import type { Selectable } from '../common/entry-selector.js';
import type { RequestOutcome } from '../common/request-outcome.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { BenchmarkService } from '../performance/benchmark.service.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';
import type { PerformanceSample } from '../performance/performance-sample.js';

/** Whose report was asked for. */
type Asked = Pick<Selectable, 'type' | 'companyId'>;

/** Why a request was a miss, and what the source took. */
type Cause = Pick<PerformanceSample, 'missReason' | 'sourceTimeMs'>;

/** Notes every cacheable request in memory; no request waits for it. */
@Injectable()
export class RequestRecorder {
  constructor(
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  record(entry: Asked, username: string | null, outcome: Outcome<unknown>, responseTimeMs: number): void {
    if (outcome.status !== 'miss') return this.note(entry, username, outcome.status, responseTimeMs);
    const { collapsed, reason, sourceMs } = outcome;
    // Whoever waited for another's load says nothing new about the source.
    if (collapsed) return this.note(entry, username, 'coalesced', responseTimeMs, { missReason: reason });
    this.benchmarks.record(entry.type, sourceMs);
    this.note(entry, username, 'miss', responseTimeMs, { missReason: reason, sourceTimeMs: sourceMs });
  }

  /** The source failed, and there was nothing to answer with in its place. */
  recordFailure(entry: Asked, username: string | null, responseTimeMs: number): void {
    this.note(entry, username, 'failed', responseTimeMs);
  }

  private note(
    { type, companyId }: Asked,
    username: string | null,
    outcome: RequestOutcome,
    responseTimeMs: number,
    { missReason, sourceTimeMs }: Cause = UNKNOWN,
  ): void {
    const usualMs = this.benchmarks.estimate(type) ?? null;
    const hit = outcome === 'hit';
    this.log.log({
      type,
      companyId,
      hit,
      responseTimeMs,
      estimatedSourceTimeMs: usualMs,
      timeSavedMs: hit && usualMs !== null ? usualMs - responseTimeMs : 0,
      username,
      timestamp: this.clock.now(),
      outcome,
      missReason,
      sourceTimeMs,
    });
  }
}

const UNKNOWN: Cause = {};

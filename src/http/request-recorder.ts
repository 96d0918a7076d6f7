import { Inject, Injectable } from '@nestjs/common';
import type { Outcome } from '../cache/outcome.js';
import type { Clock } from '../common/clock.js';
import type { Selectable } from '../common/entry-selector.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { BenchmarkService } from '../performance/benchmark.service.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';

/** Notes every cacheable request in memory; no request waits for it. */
@Injectable()
export class RequestRecorder {
  constructor(
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  record(
    entry: Pick<Selectable, 'type' | 'companyId'>,
    username: string | null,
    outcome: Outcome<unknown>,
    responseTimeMs: number,
  ): void {
    const { type, companyId } = entry;
    // Whoever waited for another's load says nothing new about the source.
    if (outcome.status === 'miss' && !outcome.collapsed) this.benchmarks.record(type, outcome.sourceMs);
    const usualMs = this.benchmarks.estimate(type) ?? null;
    const hit = outcome.status === 'hit';
    this.log.log({
      type,
      companyId,
      hit,
      responseTimeMs,
      estimatedSourceTimeMs: usualMs,
      timeSavedMs: hit && usualMs !== null ? usualMs - responseTimeMs : 0,
      username,
      timestamp: this.clock.now(),
    });
  }
}

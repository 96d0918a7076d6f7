import { Inject, Injectable } from '@nestjs/common';
import { ReportCache } from '../cache/report-cache.js';
import { StoreTier } from '../cache/store-tier.js';
import type { Telemetry } from '../common/telemetry.js';
import { TELEMETRY } from '../common/tokens.js';
import { BenchmarkService } from '../performance/benchmark.service.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';
import { attempt } from './attempts.js';

/** What is collected in memory so that no request waits for its being written. */
@Injectable()
export class PendingWrites {
  constructor(
    private readonly store: StoreTier,
    private readonly cache: ReportCache,
    private readonly log: PerformanceLogService,
    private readonly benchmarks: BenchmarkService,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
  ) {}

  /** As {@link flush}, told of where there is something to write: else every idle process would make a trace a second. */
  async flushNowAndThen(): Promise<void> {
    const flush = (): Promise<boolean> => this.flush();
    if (this.log.pendingCount === 0) await flush();
    else
      await this.telemetry.during('flush', undefined, flush, (written) => (written ? 'written' : 'failed'));
  }

  /** Together, so that the write gate puts them into one transaction. Never rejects. @returns whether all was written. */
  async flush(): Promise<boolean> {
    const written = await Promise.all([
      attempt('carry out invalidations', () => this.store.retryRemovals()),
      attempt('write hit counts', () => this.cache.flushHits()),
      attempt('write the performance log', () => this.log.flush()),
      attempt('write the benchmarks', () => this.benchmarks.flush()),
    ]);
    return written.every(Boolean);
  }
}

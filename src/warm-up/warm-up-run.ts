import type { Clock } from '../common/clock.js';
import type { ResolvedWarmUpOptions } from '../common/warm-up-options.js';
import type { BenchmarkService } from '../performance/benchmark.service.js';
import type {
  ColdRequest,
  WarmUpRequestRepository,
} from '../storage/repositories/warm-up-request.repository.js';
import type { Replayed, Replayer } from './replayer.js';
import type { WarmUpEnd, WarmUpOutcome } from './warm-up-report.js';
import type { ColdSelection } from './warm-up-selection.js';
import type { WarmUpTally } from './warm-up-tally.js';

/** After the first failure of a request; doubled with each further one in a row, up to the look-back. Milliseconds. */
const FIRST_RETRY_MS = 3_600_000;

/** Chooses what to ask for and asks for it. */
export class WarmUpRun {
  constructor(
    private readonly requests: WarmUpRequestRepository,
    private readonly replayer: Replayer,
    private readonly benchmarks: BenchmarkService,
    private readonly clock: Clock,
    private readonly options: ResolvedWarmUpOptions,
  ) {}

  /** @throws what the store throws when it cannot say what to ask for; the signal's reason. */
  async run(
    selections: readonly ColdSelection[],
    tally: WarmUpTally,
    signal: AbortSignal,
  ): Promise<WarmUpEnd> {
    const cold = await this.choose(selections);
    tally.plan(cold.length);
    const workers = Array.from({ length: this.options.concurrency }, () => this.work(cold, tally, signal));
    await Promise.all(workers);
    return tally.isHopeless ? 'gave-up' : 'completed';
  }

  /** Asks for one entry that is not there, whatever it costs and however often it failed. @throws as {@link run}. */
  async refresh(key: string, signal: AbortSignal): Promise<WarmUpOutcome | undefined> {
    const { lookBackMs } = this.options;
    const now = this.clock.now();
    const query = { key, now, dueBy: Number.MAX_SAFE_INTEGER, lookBackMs, minCostMs: 0, limit: 1 };
    const [request] = await this.requests.findCold(query);
    if (request === undefined) return undefined;
    const replayed = await this.replayer.replay(request, signal);
    await this.note(request, replayed).catch(ignore);
    return replayed.outcome;
  }

  /** What spares users most, over all selections. */
  private async choose(selections: readonly ColdSelection[]): Promise<ColdRequest[]> {
    const { lookBackMs, minCostMs, maxRequests: limit } = this.options;
    const chosen = new Map<string, ColdRequest>();
    for (const selection of selections) {
      const now = this.clock.now();
      const found = await this.requests.findCold({ ...selection, now, lookBackMs, minCostMs, limit });
      for (const request of found) chosen.set(request.cacheKey, request);
    }
    return [...chosen.values()].sort((a, b) => b.gainMs - a.gainMs).slice(0, limit);
  }

  /** Takes one request after another out of the list, which all workers share. */
  private async work(cold: ColdRequest[], tally: WarmUpTally, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const request = tally.isHopeless ? undefined : cold.shift();
      if (request === undefined) return;
      const replayed = await this.replayer.replay(request, signal);
      tally.count(replayed.outcome, replayed.sourceMs);
      await this.note(request, replayed).catch(ignore);
    }
  }

  private async note({ cacheKey, cacheType, failures }: ColdRequest, replayed: Replayed): Promise<void> {
    const { outcome, sourceMs = 0 } = replayed;
    if (outcome === 'warmed' && sourceMs > 0) {
      this.benchmarks.record(cacheType, sourceMs);
      await this.requests.noteWarmed(cacheKey, sourceMs);
    }
    if (outcome === 'refused' || outcome === 'strayed' || outcome === 'failed')
      await this.requests.noteFailed(cacheKey, this.clock.now() + this.retryAfter(failures));
  }

  /** So that what is refused once is not asked for in every warm-up for ever. */
  private retryAfter(failures: number): number {
    return Math.min(FIRST_RETRY_MS * 2 ** failures, this.options.lookBackMs);
  }
}

/** A store that is out costs a figure, not the warm-up. */
function ignore(): void {}

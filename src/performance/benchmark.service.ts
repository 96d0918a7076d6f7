import { Inject, Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { type Clock } from '../common/clock.js';
import { InvalidArgumentError } from '../common/errors.js';
import { requireText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import { QueryBenchmarkRepository } from '../storage/repositories/query-benchmark.repository.js';
import { type Benchmark, mergeBenchmarks } from './benchmark.js';

/** What a report's source usually takes, by type: a running mean, learnt from misses alone. */
@Injectable()
export class BenchmarkService {
  /** As this process knows it: the table as last loaded, and every sample of its own. */
  private readonly known = new Map<string, Benchmark>();
  /** Samples that are not in the table yet. */
  private pending = new Map<string, Benchmark>();
  // One after another, so that no load or read falls between taking the samples and their being written.
  private readonly storing = new Mutex();

  constructor(
    private readonly benchmarks: QueryBenchmarkRepository,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Reads the table, with what other processes learnt. To be called when the app starts; may be called again.
   * @throws what the store throws; what was known stays known.
   */
  async load(): Promise<void> {
    await this.storing.runExclusive(async () => {
      const rows = await this.benchmarks.all();
      this.known.clear();
      for (const { cacheType, avgTimeMs, sampleCount } of rows) {
        learn(this.known, cacheType, { avgTimeMs, sampleCount });
      }
      for (const [type, samples] of this.pending) learn(this.known, type, samples);
    });
  }

  /** The mean in milliseconds as this process knows it now; `undefined` for a type it knows nothing of. Reads nothing. */
  estimate(type: string): number | undefined {
    return this.known.get(type)?.avgTimeMs;
  }

  /** Adds what one run of the source took. Kept in memory until the next {@link flush}; never throws, and passes by what is no time. */
  record(type: string, elapsedMs: number): void {
    if (!isText(type) || !isTime(elapsedMs)) return;
    const sample = { avgTimeMs: elapsedMs, sampleCount: 1 };
    learn(this.known, type, sample);
    learn(this.pending, type, sample);
  }

  /**
   * Adds the recorded samples to the table's means, which other processes add to as well.
   * @throws what the store throws; samples that were not written are kept for the next flush.
   */
  async flush(): Promise<void> {
    await this.storing.runExclusive(() => this.storePending());
  }

  /**
   * The mean of all processes, with what was recorded here a moment ago; `undefined` when nothing was ever recorded.
   * @throws {InvalidArgumentError} when the type is no text of 1 to 200 characters.
   */
  async get(type: string): Promise<Benchmark | undefined> {
    const name = requireText(type, 'type');
    return this.storing.runExclusive(async () => {
      await this.storePending();
      const row = await this.benchmarks.find(name);
      return row === null ? undefined : { avgTimeMs: row.avgTimeMs, sampleCount: row.sampleCount };
    });
  }

  /**
   * Replaces what is known of a type; later samples count on from there.
   * @throws {InvalidArgumentError} when the type is no text of 1 to 200 characters, the mean is negative or not finite, or the count no whole number from 0 on.
   */
  async set(type: string, avgTimeMs: number, sampleCount: number): Promise<void> {
    const name = requireText(type, 'type');
    if (!isTime(avgTimeMs)) throw new InvalidArgumentError('avgTimeMs must be a number from 0 on');
    if (!Number.isSafeInteger(sampleCount) || sampleCount < 0) {
      throw new InvalidArgumentError('sampleCount must be a whole number from 0 on');
    }
    await this.storing.runExclusive(async () => {
      await this.storePending();
      await this.benchmarks.save(name, avgTimeMs, sampleCount, this.clock.now());
      this.known.set(name, { avgTimeMs, sampleCount });
      // Recorded while the figure was being written: they come on top of it.
      learn(this.known, name, this.pending.get(name));
    });
  }

  private async storePending(): Promise<void> {
    const batch = this.pending;
    this.pending = new Map();
    const now = this.clock.now();
    // Together, so that the write gate puts them into one transaction.
    const outcomes = await Promise.allSettled(
      [...batch].map(async ([type, samples]) => {
        const { avgTimeMs, sampleCount } = samples;
        try {
          await this.benchmarks.addSamples(type, avgTimeMs * sampleCount, sampleCount, now);
        } catch (error) {
          learn(this.pending, type, samples);
          throw error;
        }
      }),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }
}

function learn(means: Map<string, Benchmark>, type: string, samples: Benchmark | undefined): void {
  const merged = mergeBenchmarks(means.get(type), samples);
  if (merged !== undefined) means.set(type, merged);
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isText(value: string): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

import type { Clock } from '../common/clock.js';
import type { HitCount } from '../storage/entry.js';

/** Keys whose hits are remembered between two flushes at the most; hits of further keys are not counted. */
const MAX_KEYS = 100_000;

/** Collects hits in memory, so that a hit writes nothing; flushed together with the performance log. */
export class HitCounter {
  private counts = new Map<string, { hits: number; lastAccessed: number }>();

  constructor(private readonly clock: Clock) {}

  count(key: string): void {
    const count = this.counts.get(key);
    if (count !== undefined) {
      count.hits += 1;
      count.lastAccessed = this.clock.now();
    } else if (this.counts.size < MAX_KEYS) {
      this.counts.set(key, { hits: 1, lastAccessed: this.clock.now() });
    }
  }

  /** Takes everything counted so far. */
  drain(): HitCount[] {
    const drained = [...this.counts].map(([key, { hits, lastAccessed }]) => ({ key, hits, lastAccessed }));
    this.counts = new Map();
    return drained;
  }

  /** Puts back what could not be written. */
  restore(counts: readonly HitCount[]): void {
    for (const { key, hits, lastAccessed } of counts) {
      const count = this.counts.get(key);
      if (count !== undefined) count.hits += hits;
      else if (this.counts.size < MAX_KEYS) this.counts.set(key, { hits, lastAccessed });
    }
  }
}

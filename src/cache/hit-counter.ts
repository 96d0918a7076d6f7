import type { HitCount } from '../storage/entry.js';
import type { HitTally, MemoryEntry } from './memory-entry.js';

/** Entries whose hits are remembered between two flushes at the most; hits of further ones are not counted. */
const MAX_ENTRIES = 100_000;

/**
 * Collects hits in memory, so that a hit writes nothing; flushed together with the performance log. An entry counts its
 * own: looking it up in a map of counts would cost a hit as much as finding the entry did.
 */
export class HitCounter {
  private counted: HitTally[] = [];
  private unwritten: readonly HitCount[] = [];

  /** @param now epoch milliseconds. */
  count({ tally }: MemoryEntry, now: number): void {
    if (tally.hits === 0) {
      if (this.counted.length >= MAX_ENTRIES) return;
      this.counted.push(tally);
    }
    tally.hits += 1;
    tally.lastAccessed = now;
  }

  /** Takes everything counted so far. One key may appear more than once. */
  drain(): HitCount[] {
    const drained = [...this.unwritten, ...this.counted.map((tally) => ({ ...tally }))];
    for (const tally of this.counted) tally.hits = 0;
    this.counted = [];
    this.unwritten = [];
    return drained;
  }

  /** Puts back what could not be written, as far as there is room. */
  restore(counts: readonly HitCount[]): void {
    this.unwritten = [...this.unwritten, ...counts].slice(-MAX_ENTRIES);
  }
}

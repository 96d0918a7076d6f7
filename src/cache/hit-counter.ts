import type { HitCount } from '../storage/entries/entry.js';
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

  /** Takes everything counted so far, each key once: without memory every hit brings a tally of its own. */
  drain(): HitCount[] {
    const byKey = new Map<string, HitTally>();
    for (const count of [...this.unwritten, ...this.counted]) addTo(byKey, count);
    for (const tally of this.counted) tally.hits = 0;
    this.counted = [];
    this.unwritten = [];
    return [...byKey.values()];
  }

  /** Puts back what could not be written, as far as there is room. */
  restore(counts: readonly HitCount[]): void {
    this.unwritten = [...this.unwritten, ...counts].slice(-MAX_ENTRIES);
  }
}

function addTo(sums: Map<string, HitTally>, { key, hits, lastAccessed }: HitCount): void {
  const sum = sums.get(key);
  if (sum === undefined) {
    sums.set(key, { key, hits, lastAccessed });
    return;
  }
  sum.hits += hits;
  sum.lastAccessed = Math.max(sum.lastAccessed, lastAccessed);
}

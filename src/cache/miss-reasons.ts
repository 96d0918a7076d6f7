import { LRUCache } from 'lru-cache';

/** Why an entry is no longer there. */
export type DropReason = 'invalidated' | 'watermark' | 'evicted' | 'ttl' | 'damaged';

/** Keys whose end is remembered; older ones count as never stored. */
const MAX_KEYS = 10_000;

/** Remembers for a while why entries went, so that the next miss of their key can say so. */
export class MissReasons {
  private readonly dropped = new LRUCache<string, DropReason>({ max: MAX_KEYS });

  /** How `CacheEntryRepository` reports the keys it removed. */
  noting(reason: DropReason): (keys: readonly string[]) => void {
    return (keys) => {
      for (const key of keys) this.dropped.set(key, reason);
    };
  }

  /** `'cold'`: the key was never stored, or its end is forgotten. */
  of(key: string): DropReason | 'cold' {
    return this.dropped.get(key) ?? 'cold';
  }

  /** The key has an entry again. */
  filled(key: string): void {
    this.dropped.delete(key);
  }
}

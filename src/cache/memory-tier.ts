import { LRUCache } from 'lru-cache';
import { matches, type EntrySelector } from '../common/entry-selector.js';
import type { MemoryEntry } from './memory-entry.js';

/** L1: the entries of one process, bounded by bytes and by number, least recently used first out. */
export interface MemoryTier {
  /** The entry whatever its age: expiry is decided by the reader, in one place. */
  get(key: string): MemoryEntry | undefined;
  put(entry: MemoryEntry): void;
  /** Takes over what was read from the store, unless something at least as new is already here. */
  promote(entry: MemoryEntry): void;
  /** @returns how many entries were there; `onRemoved` is told their keys. */
  remove(selector: EntrySelector, onRemoved?: (keys: readonly string[]) => void): number;
  removeWhere(condition: (entry: MemoryEntry) => boolean): number;
  entries(): Iterable<MemoryEntry>;
  readonly size: { readonly entries: number; readonly bytes: number };
}

/** What an entry costs beside its content: the key twice (map and entry), the objects around it. */
const ENTRY_OVERHEAD_BYTES = 400;

export class LruMemoryTier implements MemoryTier {
  private readonly lru: LRUCache<string, MemoryEntry>;

  constructor(bounds: { maxBytes: number; maxEntries: number }) {
    this.lru = new LRUCache({
      max: bounds.maxEntries,
      maxSize: bounds.maxBytes,
      sizeCalculation: (entry) => entry.resident.byteSize + 2 * entry.key.length + ENTRY_OVERHEAD_BYTES,
    });
  }

  get(key: string): MemoryEntry | undefined {
    return this.lru.get(key);
  }

  put(entry: MemoryEntry): void {
    this.lru.set(entry.key, entry);
    entry.resident.onResize?.(() => this.recount(entry));
  }

  promote(entry: MemoryEntry): void {
    const present = this.lru.peek(entry.key);
    if (present === undefined || present.createdAt < entry.createdAt) this.put(entry);
  }

  remove(selector: EntrySelector, onRemoved?: (keys: readonly string[]) => void): number {
    const candidates = selector.key === undefined ? this.lru.values() : [this.lru.peek(selector.key)];
    const doomed = [...candidates].flatMap((entry) => (entry && matches(selector, entry) ? [entry.key] : []));
    for (const key of doomed) this.lru.delete(key);
    onRemoved?.(doomed);
    return doomed.length;
  }

  removeWhere(condition: (entry: MemoryEntry) => boolean): number {
    const doomed = [...this.lru.values()].filter(condition);
    for (const entry of doomed) this.lru.delete(entry.key);
    return doomed.length;
  }

  entries(): Iterable<MemoryEntry> {
    return this.lru.values();
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.lru.size, bytes: this.lru.calculatedSize };
  }

  /** lru-cache measures an entry only when it comes in. */
  private recount(entry: MemoryEntry): void {
    if (this.lru.peek(entry.key) !== entry) return;
    this.lru.delete(entry.key);
    this.lru.set(entry.key, entry);
  }
}

/** `memory: false` */
export class NoMemoryTier implements MemoryTier {
  readonly size = { entries: 0, bytes: 0 };

  get(): undefined {
    return undefined;
  }

  put(): void {}

  promote(): void {}

  remove(): number {
    return 0;
  }

  removeWhere(): number {
    return 0;
  }

  entries(): Iterable<MemoryEntry> {
    return [];
  }
}

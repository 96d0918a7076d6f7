import { LRUCache } from 'lru-cache';
import { matches, type EntrySelector } from '../common/entry-selector.js';
import { CompanyShares } from './company-shares.js';
import { Doorkeeper } from './doorkeeper.js';
import type { MemoryEntry } from './memory-entry.js';

/** L1: the entries of one process, bounded by bytes and by number, least recently used first out. */
export interface MemoryTier {
  /** The entry whatever its age: expiry is decided by the reader, in one place. */
  get(key: string): MemoryEntry | undefined;
  /** Takes the entry in, whatever has to go for it. */
  put(entry: MemoryEntry): void;
  /** Takes in what a source brought. When something else would have to go for it, only if its key came before. */
  offer(entry: MemoryEntry): void;
  /** As {@link offer}: takes over what was read from the store, unless something at least as new is already here. */
  promote(entry: MemoryEntry): void;
  /** @returns how many entries were there; `onRemoved` is told their keys. */
  remove(selector: EntrySelector, onRemoved?: (keys: readonly string[]) => void): number;
  removeWhere(condition: (entry: MemoryEntry) => boolean): number;
  entries(): Iterable<MemoryEntry>;
  readonly size: { readonly entries: number; readonly bytes: number };
}

/** What an entry costs beside its content: the key twice (map and entry), the objects around it. */
const ENTRY_OVERHEAD_BYTES = 400;

/** A company that makes room gives up this share of the tier at once, so that looking for its entries stays cheap. */
const ROOM_MADE_AT_ONCE = 1 / 64;

export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export class LruMemoryTier implements MemoryTier {
  private readonly lru: LRUCache<string, MemoryEntry>;
  private readonly doorkeeper = new Doorkeeper();
  private readonly shares: CompanyShares;

  /** @param maxCompanyShare of both bounds; a company that holds as much makes room among its own entries. */
  constructor(
    private readonly bounds: MemoryBounds,
    maxCompanyShare = 1,
  ) {
    const shares = new CompanyShares({
      entries: bounds.maxEntries * maxCompanyShare,
      bytes: bounds.maxBytes * maxCompanyShare,
    });
    this.shares = shares;
    this.lru = new LRUCache({
      max: bounds.maxEntries,
      maxSize: bounds.maxBytes,
      sizeCalculation: weightOf,
      onInsert: (entry) => shares.added(entry, weightOf(entry)),
      dispose: (entry) => shares.removed(entry),
    });
  }

  get(key: string): MemoryEntry | undefined {
    return this.lru.get(key);
  }

  put(entry: MemoryEntry): void {
    if (this.displaces(entry)) this.makeRoomFor(entry);
    this.lru.set(entry.key, entry);
    entry.resident.onResize?.(() => this.recount(entry));
  }

  offer(entry: MemoryEntry): void {
    const isAdmitted = this.lru.has(entry.key) || !this.displaces(entry) || this.doorkeeper.knows(entry.key);
    if (isAdmitted) this.put(entry);
  }

  promote(entry: MemoryEntry): void {
    const present = this.lru.peek(entry.key);
    if (present === undefined || present.createdAt < entry.createdAt) this.offer(entry);
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
    if (this.displaces(entry)) this.makeRoomFor(entry);
    this.lru.set(entry.key, entry);
  }

  private displaces(entry: MemoryEntry): boolean {
    // Larger than the tier: it is not kept, so nothing has to go.
    if (weightOf(entry) > this.bounds.maxBytes) return false;
    const isNew = !this.lru.has(entry.key);
    return (isNew && this.lru.size >= this.bounds.maxEntries) || this.missingBytes(entry) > 0;
  }

  private missingBytes(entry: MemoryEntry): number {
    const present = this.lru.peek(entry.key);
    const growth = weightOf(entry) - (present === undefined ? 0 : weightOf(present));
    return this.lru.calculatedSize + growth - this.bounds.maxBytes;
  }

  /** Left to the LRU alone, a company that fills the tier would push out everybody else's entries. */
  private makeRoomFor(entry: MemoryEntry): void {
    if (entry.companyId === null || !this.shares.isUsedUp(entry.companyId)) return;
    for (const key of this.oldestOf(entry.companyId, this.missingBytes(entry))) this.lru.delete(key);
  }

  private oldestOf(companyId: string, neededBytes: number): string[] {
    const keys: string[] = [];
    let bytes = 0;
    const isEnough = (): boolean =>
      bytes >= neededBytes &&
      (bytes >= this.bounds.maxBytes * ROOM_MADE_AT_ONCE ||
        keys.length >= this.bounds.maxEntries * ROOM_MADE_AT_ONCE);
    for (const entry of this.lru.rvalues()) {
      if (isEnough()) break;
      if (entry?.companyId !== companyId) continue;
      keys.push(entry.key);
      bytes += weightOf(entry);
    }
    return keys;
  }
}

function weightOf(entry: MemoryEntry): number {
  return entry.resident.byteSize + 2 * entry.key.length + ENTRY_OVERHEAD_BYTES;
}

/** `memory: false` */
export class NoMemoryTier implements MemoryTier {
  readonly size = { entries: 0, bytes: 0 };

  get(): undefined {
    return undefined;
  }

  put(): void {}

  offer(): void {}

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

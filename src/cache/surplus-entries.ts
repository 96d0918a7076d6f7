import type { StoredEntry } from '../storage/entries/entry.js';
import { weightOf } from '../storage/entries/choose-surplus.js';
import { type CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import type { MissReasons } from './miss-reasons.js';

/** Stored since the last look, as a share of `maxBytes`, before the file is looked at again. */
const TOLERATED_GROWTH = 1 / 16;

/** Entries removed at once, as a multiple of a batch: one transaction may bring a batch of new ones. */
const REMOVED_AT_ONCE = 2;

/** Small files are looked at less often than that share would have it. */
const LEAST_GROWTH_BYTES = 1024 * 1024;

export interface FileBounds {
  readonly maxBytes: number;
  /** A share of `maxBytes`. */
  readonly maxCompanyShare: number;
}

/**
 * Keeps the file within its bounds. Not left to the scheduled cleanup alone: a flood of made-up parameters would fill
 * the disk before its next run.
 */
export class SurplusEntries {
  private storedBytes = 0;
  private removing: Promise<number> | undefined;

  constructor(
    private readonly entries: CacheEntryRepository,
    private readonly reasons: MissReasons,
    private readonly bounds: FileBounds,
    private readonly batchSize: number,
  ) {}

  /** The entry has been stored; nobody waits for what may have to go for it. */
  stored(entry: StoredEntry): void {
    this.storedBytes += weightOf(entry.bytes.length);
    if (this.storedBytes < Math.max(this.bounds.maxBytes * TOLERATED_GROWTH, LEAST_GROWTH_BYTES)) return;
    // A failure is the store's, and the next look will tell.
    this.remove().catch(() => undefined);
  }

  /** @returns how many entries went. */
  remove(): Promise<number> {
    this.storedBytes = 0;
    this.removing ??= this.removeAll().finally(() => (this.removing = undefined));
    return this.removing;
  }

  private async removeAll(): Promise<number> {
    const { maxBytes, maxCompanyShare } = this.bounds;
    const bounds = { maxBytes, maxCompanyBytes: maxBytes * maxCompanyShare };
    const onRemoved = this.reasons.noting('evicted');
    let removed = 0;
    for (let batch = -1; batch !== 0; removed += batch) {
      batch = await this.entries.evictSurplus(bounds, REMOVED_AT_ONCE * this.batchSize, onRemoved);
    }
    return removed;
  }
}

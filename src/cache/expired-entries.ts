import { type Pace, repeatWhileFull } from '../common/batches.js';
import type { Clock } from '../common/clock.js';
import type { CacheEntryRepository } from '../storage/repositories/cache-entry.repository.js';
import type { MissReasons } from './miss-reasons.js';
import type { MemoryTier } from './memory-tier.js';
import { whileStoreIsOut } from './while-store-is-out.js';

/** Removes what nothing may be answered with any more, in batches so that no reader or writer waits for long. */
export class ExpiredEntries {
  constructor(
    private readonly entries: CacheEntryRepository,
    private readonly memory: MemoryTier,
    private readonly reasons: MissReasons,
    private readonly clock: Clock,
    private readonly batchSize: number,
    private readonly pace: Pace,
  ) {}

  /** @returns how many entries went from the file; from memory, while the file cannot be used. */
  async remove(): Promise<number> {
    const now = this.clock.now();
    const fromMemory = this.removeFromMemory();
    const onRemoved = this.reasons.noting('ttl');
    const batch = (size: number): Promise<number> => this.entries.removeExpired(now, size, onRemoved);
    return repeatWhileFull(this.batchSize, batch, this.pace).catch(whileStoreIsOut(() => fromMemory));
  }

  /** @returns how many entries went. */
  removeFromMemory(): number {
    const now = this.clock.now();
    return this.memory.removeWhere((entry) => entry.graceUntil <= now);
  }
}

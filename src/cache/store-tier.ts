import type { Clock } from '../common/clock.js';
import type { EntrySelector } from '../common/entry-selector.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { EntryLookup, HitCount, StoredEntry } from '../storage/entries/entry.js';
import type { CacheEntryRepository, OnRemoved } from '../storage/repositories/cache-entry.repository.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Peers } from './peers.js';
import { PendingRemovals } from './pending-removals.js';
import type { SurplusEntries } from './surplus-entries.js';

/**
 * What became of a write. `'overtaken'`: another process dropped or set the entry after the load began. `'dropped'`:
 * something in this process did before it was queued, and has seen to the old row itself.
 */
export type PutOutcome = 'committed' | 'overtaken' | 'dropped' | 'failed';

/**
 * L2 as requests see it: it never throws, and a read never holds a request up for longer than `storeTimeout`. A
 * store that fails, hangs or is gone is a miss. Writes are not timed here, for no request waits for them: the write
 * gate bounds its own queue.
 *
 * An invalidation the store could not carry out is kept and carried out before anything it covers is read again.
 */
export class StoreTier {
  private readonly logger = new ModuleLogger();
  // Apart: while another process holds the write lock, or the disk is full, what is stored can still be read.
  private readonly reads: CircuitBreaker;
  private readonly writes: CircuitBreaker;
  private readonly removals: PendingRemovals;

  constructor(
    private readonly entries: CacheEntryRepository,
    private readonly surplus: SurplusEntries,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly peers: Pick<Peers, 'mayBeLoading' | 'storeIsBehind'>,
  ) {
    this.reads = new CircuitBreaker(clock);
    this.writes = new CircuitBreaker(clock);
    this.removals = new PendingRemovals(entries, clock, peers);
  }

  /** Whether nobody waits for the store now, after failures in a row. */
  get refuses(): { readonly reads: boolean; readonly writes: boolean } {
    return { reads: this.reads.isOpen, writes: this.writes.isOpen };
  }

  /** @returns `'absent'` as well when the store failed or did not answer in time. */
  find(key: string): Promise<EntryLookup> {
    return this.failsafe(this.reads, 'read', 'absent', () =>
      inTime(this.findTrusted(key), this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs)),
    );
  }

  /** @param knowing of what a load brought: see {@link CacheEntryRepository.put}. */
  put(entry: StoredEntry, knowing?: number): Promise<PutOutcome> {
    return this.failsafe<PutOutcome>(this.writes, 'write', 'failed', async () => {
      void this.retryRemovals();
      if (!(await this.entries.put(entry, knowing))) return 'overtaken';
      this.surplus.stored(entry);
      return 'committed';
    });
  }

  /**
   * For a {@link put} that makes a fresh entry outdated: that one is read no more from now on, and removed when the
   * write fails.
   */
  async replace(key: string, put: () => Promise<PutOutcome>): Promise<PutOutcome> {
    const begunAt = this.clock.now();
    const outcome = await this.removals.hide(key, put);
    // A later write of this key that is under way sees to the row, and must not be removed for this one.
    if (outcome === 'failed' && !this.removals.isUnderWay(key)) this.removals.remember({ key }, begunAt);
    return outcome;
  }

  /**
   * Queues the removal before it returns, so that it stands before every later write. Waits for the commit as long
   * as the store takes; when the store fails, the removal is remembered.
   * @returns how many rows were there, 0 when the store failed.
   */
  async remove(selector: EntrySelector, onRemoved?: OnRemoved): Promise<number> {
    try {
      return await this.removals.run(selector, onRemoved);
    } catch (error) {
      this.report('remove entries', error);
      return 0;
    }
  }

  /** Carries out the invalidations that failed. To be called now and then, and before the app closes. */
  async retryRemovals(): Promise<void> {
    if (this.removals.count > 0) await this.removals.retry();
  }

  /** Removes, or says that it could not. @throws what the store throws. */
  async removeNow(selector: EntrySelector): Promise<void> {
    await this.entries.remove(selector);
  }

  /** Queues the removal of one row, provided it is still past its grace when its turn comes. */
  removeExpired(key: string): void {
    void this.failsafe(this.writes, 'remove an expired entry', false, () =>
      this.entries.removeIfExpired(key, this.clock.now()),
    );
  }

  recordHits(hits: readonly HitCount[]): Promise<boolean> {
    return this.failsafe(this.writes, 'count hits', false, async () => {
      await this.entries.recordHits(hits);
      return true;
    });
  }

  private async findTrusted(key: string): Promise<EntryLookup> {
    const isGoing = this.removals.watch(key);
    const found = await this.entries.find(key);
    if (this.peers.storeIsBehind) return 'absent';
    if (typeof found === 'string' || !isGoing(found)) return found;
    void this.retryRemovals();
    return 'absent';
  }

  private async failsafe<T>(
    breaker: CircuitBreaker,
    action: string,
    fallback: T,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!breaker.admits()) return fallback;
    try {
      const result = await work();
      breaker.succeeded();
      return result;
    } catch (error) {
      breaker.failed();
      this.report(action, error);
      return fallback;
    }
  }

  private report(action: string, error: unknown): void {
    const reason = messageOf(error);
    this.logger.debug(`Could not ${action} in the cache's database: ${reason}`);
  }
}

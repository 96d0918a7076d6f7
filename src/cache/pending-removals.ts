import type { Clock } from '../common/clock.js';
import { type EntrySelector } from '../common/entry-selector.js';
import type { StoredEntry } from '../storage/entries/entry.js';
import type { CacheEntryRepository, OnRemoved } from '../storage/repositories/cache-entry.repository.js';
import type { Peers } from './peers.js';
import { SelectorBag } from './selector-bag.js';

/** Failed removals that are remembered; beyond it they become one that removes everything. */
const MAX_FAILED = 1_000;

/** The invalidations that are not committed: those under way, and those that failed and must be made up for. */
export class PendingRemovals {
  private readonly running = new SelectorBag();
  private readonly failed = new SelectorBag();

  constructor(
    private readonly entries: CacheEntryRepository,
    private readonly clock: Clock,
    private readonly peers: Pick<Peers, 'mayBeLoading'>,
  ) {}

  /** As if the row of the key were about to go: what is being written makes it outdated. */
  async hide<T>(key: string, work: () => Promise<T>): Promise<T> {
    const selector = { key };
    this.running.add(selector);
    try {
      return await work();
    } finally {
      this.running.delete(selector);
    }
  }

  /** Whether something that replaces or removes this very row is under way. */
  isUnderWay(key: string): boolean {
    return this.running.hasKey(key);
  }

  /** Failed ones, each once. */
  get count(): number {
    return this.failed.size;
  }

  /**
   * To be called before a row is read.
   * @returns whether the row that was read is about to go, or went while it was read: a removal that was pending
   * before may be committed by now, and the row is one from before its commit.
   */
  watch(key: string): (entry: StoredEntry) => boolean {
    const [running, failed] = [this.running.asOfNow(key), this.failed.asOfNow(key)];
    return (entry) =>
      running(entry) || failed(entry) || this.running.covers(entry) || this.failed.covers(entry);
  }

  /** Queued before it returns. Remembered when it fails. @throws what the store throws. */
  async run(selector: EntrySelector, onRemoved?: OnRemoved): Promise<number> {
    const begunAt = this.clock.now();
    this.running.add(selector);
    try {
      return await this.entries.remove(selector, onRemoved);
    } catch (error) {
      this.remember(selector, begunAt);
      throw error;
    } finally {
      this.running.delete(selector);
    }
  }

  /**
   * @param begunAt what this process stored later stands behind it, and stays. Of what another process stores later
   * nobody knows when its load began, so beside others all goes: too much costs a load.
   */
  remember(selector: EntrySelector, begunAt: number): void {
    const isTooMany = this.failed.size >= MAX_FAILED;
    if (isTooMany) this.failed.clear();
    const bound = this.peers.mayBeLoading ? {} : { storedUpTo: begunAt };
    this.failed.add({ ...bound, ...(isTooMany ? {} : selector) });
  }

  /**
   * Carries out what failed, and remembers what fails again. Queued before it returns, so that it removes nothing
   * that is written after it; those under way are left alone for the same reason.
   */
  async retry(): Promise<void> {
    const selectors = this.failed.selectors();
    this.failed.clear();
    await Promise.allSettled(selectors.map((selector) => this.run(selector)));
  }
}

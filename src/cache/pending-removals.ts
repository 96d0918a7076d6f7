import { type EntrySelector } from '../common/entry-selector.js';
import type { StoredEntry } from '../storage/entry.js';
import type { CacheEntryRepository, OnRemoved } from '../storage/repositories/cache-entry.repository.js';
import { SelectorBag } from './selector-bag.js';

/** Failed removals that are remembered; beyond it they become one that removes everything. */
const MAX_FAILED = 1_000;

/** The invalidations that are not committed: those under way, and those that failed and must be made up for. */
export class PendingRemovals {
  private readonly running = new SelectorBag();
  private readonly failed = new SelectorBag();

  constructor(private readonly entries: CacheEntryRepository) {}

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

  /** Whether this very row, whatever it holds, is about to go. */
  hides(key: string): boolean {
    return this.running.hasKey(key) || this.failed.hasKey(key);
  }

  /** Failed ones, each once. */
  get count(): number {
    return this.failed.size;
  }

  /** Whether the row was read too early: it is about to go. */
  cover(entry: StoredEntry): boolean {
    return this.running.covers(entry) || this.failed.covers(entry);
  }

  /** Queued before it returns. Remembered when it fails. @throws what the store throws. */
  async run(selector: EntrySelector, onRemoved?: OnRemoved): Promise<number> {
    this.running.add(selector);
    try {
      return await this.entries.remove(selector, onRemoved);
    } catch (error) {
      this.remember(selector);
      throw error;
    } finally {
      this.running.delete(selector);
    }
  }

  remember(selector: EntrySelector): void {
    const isTooMany = this.failed.size >= MAX_FAILED;
    if (isTooMany) this.failed.clear();
    this.failed.add(isTooMany ? {} : selector);
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

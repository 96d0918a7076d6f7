import { matches, type EntrySelector } from '../common/entry-selector.js';
import type { MemoryEntry } from './memory-entry.js';

/**
 * What was loaded, on its way into the file. It can be read from here until it is committed, or whoever asks a moment
 * after an answer that memory did not let in would load it again. Bounded by the queue of writes.
 */
export class UnwrittenEntries {
  private readonly entries = new Map<string, MemoryEntry>();

  find(key: string): MemoryEntry | undefined {
    return this.entries.get(key);
  }

  async during<T>(entry: MemoryEntry, write: () => Promise<T>): Promise<T> {
    this.entries.set(entry.key, entry);
    try {
      return await write();
    } finally {
      if (this.entries.get(entry.key) === entry) this.entries.delete(entry.key);
    }
  }

  /** They are still written, and removed by the removal that is queued behind them. */
  forget(selector: EntrySelector): void {
    for (const entry of this.entries.values()) if (matches(selector, entry)) this.entries.delete(entry.key);
  }
}

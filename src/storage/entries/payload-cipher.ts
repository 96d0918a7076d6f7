import { type EntryLookup, type StoredEntry } from './entry.js';

/** Stands between the entries and the file: what is written there may be unreadable to whoever holds the file. */
export interface PayloadCipher {
  /** The entry as it goes into the file. At once: a write that waited here could be overtaken by its invalidation. */
  seal(entry: StoredEntry): StoredEntry;
  /**
   * The entry that was sealed. `'absent'`: it was written without encryption, or by a key that is not known here;
   * `'damaged'`: it is not what was sealed under this key of the cache.
   */
  open(entry: StoredEntry): EntryLookup;
}

/** Of a module without the option `encryption`. What a cipher sealed has a `format` that no codec knows: a miss. */
export const noCipher: PayloadCipher = {
  seal: (entry) => entry,
  open: (entry) => entry,
};

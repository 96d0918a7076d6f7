import { type StoredEntry } from './entry.js';

/** An entry on its way into the file. */
export interface EntryPut {
  readonly entry: StoredEntry;
  /**
   * Of what a load brought: the newest invalidation that this process knew of when the load began. `undefined`: a value
   * that was set, which nothing overtakes.
   */
  readonly knowing: number | undefined;
  /** The outcome: another process dropped or set the entry after the load began, and it was not stored. */
  overtaken: boolean;
}

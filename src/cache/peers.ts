import type { EntrySelector } from '../common/entry-selector.js';

/** The right to load a key, which this process alone has until it releases it. */
export interface Lease {
  /** To be called when what was loaded is on its way into the store: the lease then ends after it is there. */
  release(): void;
}

/** `'none'`: nothing was agreed upon, and whoever asked loads at once. */
export type Claim = Lease | 'held' | 'none';

/** The other processes that share the store, as far as the pipeline must know of them. */
export interface Peers {
  /** Whether there are any now. */
  readonly present: boolean;
  /**
   * The newest invalidation of theirs that this process has carried out. Taken when a load begins; the store refuses
   * what the load brings when they have dropped it since. `undefined`: nobody else ever has the store.
   */
  readonly known: number | undefined;
  /** Calls the listener with what they dropped or replaced. */
  onDrop(listener: (selector: EntrySelector) => void): void;
  /** Asks for the right to load a key. Never rejects, and takes no longer than a look into the store may. */
  claim(key: string): Promise<Claim>;
  /** Whether the lease that another process had still holds. Never rejects. */
  leaseOf(key: string): Promise<'held' | 'expired' | 'free'>;
}

import type { EntrySelector } from '../common/entry-selector.js';

/** The right to load a key, which this process alone has until it releases it. */
export interface Lease {
  /** To be called when what was loaded is on its way into the store: the lease then ends after it is there. */
  release(): void;
}

/** `'none'`: nothing was agreed upon, and whoever asked loads at once. */
export type Claim = Lease | 'held' | 'none';

/** Tells of the load that another process may have begun. */
export interface LeaseFollower {
  /** Resolves when it may be worth while to look at its lease again. Never rejects. */
  news(): Promise<void>;
  /** Nobody waits any more. */
  end(): void;
}

/** The other processes that share the store, as far as the pipeline must know of them. */
export interface Peers {
  /** Whether there are any now. */
  readonly present: boolean;
  /**
   * Whether any of them may be loading what this process drops, as far as it can tell without the store: on a server
   * always.
   */
  readonly mayBeLoading: boolean;
  /**
   * The newest invalidation of theirs that this process has carried out. Taken when a load begins; the store refuses
   * what the load brings when they have dropped it since. `undefined`: nobody else ever has the store.
   */
  readonly known: number | undefined;
  /**
   * Whether this process knows what they dropped until a moment ago. While it does not, what memory holds may have been
   * dropped long since, and answers nobody.
   */
  readonly inSight: boolean;
  /**
   * Whether the store could not be read until a moment ago: what others dropped meanwhile they could not remove there
   * either, and have yet to make up for.
   */
  readonly storeIsBehind: boolean;
  /** Calls the listener with what they dropped or replaced. */
  onDrop(listener: (selector: EntrySelector) => void): void;
  /** Asks for the right to load a key. Never rejects, and takes no longer than a look into the store may. */
  claim(key: string): Promise<Claim>;
  /**
   * Carries out what they dropped before this call: it would overtake a load that begins now. Never rejects, and takes
   * no longer than a look into the store may.
   */
  catchUp(): Promise<void>;
  /** Begins to follow what becomes of a key's lease; to be called before {@link claim}. */
  follow(key: string): LeaseFollower;
  /** Whether the lease that another process had still holds. Never rejects. */
  leaseOf(key: string): Promise<'held' | 'expired' | 'free'>;
}

import type { Selectable } from '../common/entry-selector.js';
import type { PayloadCodec } from './payload-codec.js';

/** How long an entry lives, and what may answer while it is being made anew. */
export interface EntryPolicy {
  /** Milliseconds during which it is fresh. */
  readonly ttlMs: number;
  /** Milliseconds past the TTL during which it may still answer when the source fails or is slow. */
  readonly graceMs: number;
  /**
   * Milliseconds after which an entry in its grace answers instead of a source that still works; the load goes on
   * behind it. `undefined`: the source is waited for.
   */
  readonly softTimeoutMs?: number;
  /** Shortens each TTL by a random share of up to this, 0 to 1, so that entries filled together do not expire together. */
  readonly jitter?: number;
  /** The β of XFetch: how early, in multiples of the load's own time, an entry may be refreshed before it expires. */
  readonly earlyRefresh?: number;
}

/** What a load brought. */
export interface Loaded<T> {
  readonly value: T;
  /** `false`: the value answers whoever loaded it, is stored nowhere and is not shared with those who waited. */
  readonly storable: boolean;
}

export interface FetchRequest<T> {
  readonly target: Selectable;
  readonly policy: EntryPolicy;
  readonly codec: PayloadCodec<T>;
  readonly load: () => Promise<Loaded<T>>;
}

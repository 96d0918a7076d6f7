/** Why a request went to the source. */
export type MissReason = 'cold' | 'ttl' | 'watermark' | 'invalidated' | 'evicted' | 'damaged' | 'refresh';

/** When an entry was filled and until when it is fresh; epoch milliseconds. */
export interface EntryTimes {
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A stored answer, fresh, or (`stale`) served within its grace because the source failed. */
export interface StoredOutcome<T> extends EntryTimes {
  readonly status: 'hit' | 'stale';
  readonly value: T;
}

export interface MissOutcome<T> {
  readonly status: 'miss';
  readonly reason: MissReason;
  readonly value: T;
  /** The times it was stored with; `undefined` when it was not stored. */
  readonly stored: EntryTimes | undefined;
  /** Whether those who waited for the same key may have the value too. */
  readonly shareable: boolean;
  /** Whether this caller waited for another caller's load (RFC 9211, section 2.8 `collapsed`). */
  readonly collapsed: boolean;
  /** Milliseconds the source took. */
  readonly sourceMs: number;
}

export type Outcome<T> = StoredOutcome<T> | MissOutcome<T>;

/** What is known of a stored answer beside its bytes. Times are epoch milliseconds. */
export interface EntryHead {
  readonly key: string;
  readonly type: string;
  /** `null`: the entry belongs to no company. */
  readonly companyId: string | null;
  /** The user whose entry this is; `null` when it is shared. Lets a user's data be purged. */
  readonly username: string | null;
  readonly tags: readonly string[];
  readonly createdAt: number;
  /** The entry is fresh while `now < expiresAt`, everywhere. */
  readonly expiresAt: number;
  /** Until when it may still be served because the source failed; never below `expiresAt`. */
  readonly graceUntil: number;
  /** Milliseconds the source took; 0 for a value that was set. Decides how early it is refreshed. */
  readonly loadMs: number;
  /** Names the codec, and its version, that wrote the bytes. */
  readonly format: string;
}

/** One cached answer as the store keeps it. */
export interface StoredEntry extends EntryHead {
  readonly bytes: Buffer;
}

/** `'damaged'`: a row was there and its checksum did not match; it has been removed. */
export type EntryLookup = StoredEntry | 'absent' | 'damaged';

/** How often a key was hit since the last flush, and when last. */
export interface HitCount {
  readonly key: string;
  readonly hits: number;
  readonly lastAccessed: number;
}

import type { Selectable } from '../common/entry-selector.js';
import type { StoredEntry } from '../storage/entry.js';
import type { PayloadCodec, Resident } from './payload-codec.js';

/** One cached answer as the memory tier keeps it. Times are epoch milliseconds. */
export interface MemoryEntry extends Selectable {
  readonly format: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly graceUntil: number;
  /** Milliseconds the source took. */
  readonly loadMs: number;
  readonly resident: Resident;
  /** Hits since the last flush, and when the last of them was. The {@link HitCounter}'s alone to change. */
  hits: number;
  lastAccessed: number;
}

/** @throws when the bytes are not of the codec's format. */
export function toMemoryEntry<T>(entry: StoredEntry, codec: PayloadCodec<T>): MemoryEntry {
  const { bytes, ...rest } = entry;
  return { ...rest, resident: codec.open(bytes), hits: 0, lastAccessed: entry.createdAt };
}

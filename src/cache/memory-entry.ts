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
}

/** @throws when the bytes are not of the codec's format. */
export function toMemoryEntry<T>(entry: StoredEntry, codec: PayloadCodec<T>): MemoryEntry {
  const { bytes, ...rest } = entry;
  return { ...rest, resident: codec.open(bytes) };
}

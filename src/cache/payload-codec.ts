/** Turns values into the bytes that are stored, and stored bytes into something the memory tier can hold. */
export interface PayloadCodec<T> {
  /** Names this codec and its version; an entry written by another format is a miss. */
  readonly format: string;
  /** @throws {ValueNotCacheableError} naming the path of what could not come back. */
  pack(value: T): Packed<T>;
  /** @throws when the bytes are not of this format. */
  open(bytes: Buffer): Resident<T>;
}

/** A value that is about to be stored: what memory keeps of it, and what the file does. */
export interface Packed<T = unknown> {
  readonly resident: Resident<T>;
  /** Bytes that count against `maxEntryBytes`, whatever they can be compressed to. */
  readonly byteLength: number;
  /** Makes `toBytes()` shorter, in another thread, and never rejects. Absent where there is nothing to gain. */
  compress?(): Promise<void>;
  /** What the file keeps, as short as it is known by now. */
  toBytes(): Buffer;
}

/** An entry's content in memory. */
export interface Resident<T = unknown> {
  /** Bytes it counts against `memory.maxBytes`. */
  readonly byteSize: number;
  /** The value, safe to hand to one more caller: no caller's mutation reaches another. */
  read(): T;
  /** To be told whenever `byteSize` has changed. Absent where it never does. */
  onResize?(listener: () => void): void;
}

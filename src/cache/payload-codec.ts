/** Turns values into the bytes that are stored, and stored bytes into something the memory tier can hold. */
export interface PayloadCodec<T> {
  /** Names this codec and its version; an entry written by another format is a miss. */
  readonly format: string;
  /** @throws {ValueNotCacheableError} naming the path of what could not come back. */
  encode(value: T): Buffer;
  /** @throws when the bytes are not of this format. */
  open(bytes: Buffer): Resident<T>;
}

/** An entry's content in memory. */
export interface Resident<T = unknown> {
  /** Bytes it counts against `memory.maxBytes`. */
  readonly byteSize: number;
  /** The value, safe to hand to one more caller: no caller's mutation reaches another. */
  read(): T;
}

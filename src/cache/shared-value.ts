import { deepFreeze } from './freeze.js';
import type { Packed, PayloadCodec, Resident } from './payload-codec.js';
import type { ValueCodec } from './value-codec.js';

/**
 * Values in memory: decoded once, at the first read, and shared by all callers, because they are frozen. A value
 * that holds bytes cannot be frozen and is decoded anew for each.
 *
 * Rejected: a copy for every caller (structuredClone of a 100 KiB report costs as much as parsing it), and sharing
 * without freezing (one caller's `sort()` would show in everybody's report).
 */
export class SharedValueCodec implements PayloadCodec<unknown> {
  readonly format: string;

  constructor(private readonly values: ValueCodec) {
    this.format = values.format;
  }

  pack(value: unknown): Packed {
    const bytes = this.values.encode(value);
    return { resident: this.open(bytes), byteLength: bytes.length, toBytes: () => bytes };
  }

  open(bytes: Buffer): Resident {
    return new SharedValue(bytes, this.values);
  }
}

class SharedValue implements Resident {
  readonly byteSize: number;
  private frozen: { readonly value: unknown } | undefined;
  private bytes: Buffer | undefined;

  constructor(
    bytes: Buffer,
    private readonly values: ValueCodec,
  ) {
    this.bytes = bytes;
    this.byteSize = bytes.length;
  }

  read(): unknown {
    return this.frozen === undefined ? this.decode(this.bytes as Buffer) : this.frozen.value;
  }

  private decode(bytes: Buffer): unknown {
    const value = this.values.decode(bytes);
    if (!deepFreeze(value)) return this.values.decode(bytes);
    this.frozen = { value };
    this.bytes = undefined;
    return value;
  }
}

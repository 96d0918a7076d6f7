import type { Coding } from './accepted-codings.js';
import { decompressed, type GzipLane } from './gzip.js';
import { smallText, smallTextBytes } from './small-text.js';

/** The bytes of an answer, in the codings in which they are at hand. */
export class StoredBody {
  private identity: Buffer | undefined;
  private gzip: Buffer | undefined;
  private small: string | undefined;
  private unpacking: Promise<void> | undefined;
  private resized: (() => void) | undefined;

  /**
   * @param length bytes without a coding.
   * @param hasForms whether it has, or may get, a gzip form: whoever is sent it is told so by `Vary`.
   */
  private constructor(
    readonly length: number,
    readonly hasForms: boolean,
  ) {}

  static plain(bytes: Buffer, mayBeCompressed: boolean): StoredBody {
    const body = new StoredBody(bytes.length, mayBeCompressed);
    body.identity = bytes;
    return body;
  }

  /** @param length of the body without its coding. */
  static zipped(bytes: Buffer, length: number, hasForms: boolean): StoredBody {
    const body = new StoredBody(length, hasForms);
    body.gzip = bytes;
    return body;
  }

  /** `undefined`: not at hand. */
  bytes(coding: Coding): Buffer | undefined {
    return this[coding];
  }

  /** The body without a coding as a text, where it is small enough for that to be sent sooner than its bytes. */
  text(): string | undefined {
    return (this.small ??= this.identity && smallText(this.identity));
  }

  /** Of all forms at hand. */
  get byteSize(): number {
    const { identity, gzip } = this;
    return (identity ? identity.length + smallTextBytes(identity) : 0) + (gzip?.length ?? 0);
  }

  onResize(listener: () => void): void {
    this.resized = listener;
  }

  /** Makes the gzip form, where it is worth its place. */
  async compress(lane: GzipLane): Promise<void> {
    if (this.identity === undefined || this.gzip !== undefined) return;
    this.gzip = await lane.compress(this.identity);
    this.resized?.();
  }

  /** Makes the form without a coding, once for all who want it. @throws when the gzip form cannot be read. */
  unpack(): Promise<void> {
    return (this.unpacking ??= this.unpackOnce());
  }

  /** Compares the bodies without a coding, and keeps neither unpacked for it. @throws when a form cannot be read. */
  async hasSameBytes(other: StoredBody): Promise<boolean> {
    if (this.length !== other.length) return false;
    const [own, others] = await Promise.all([this.plainBytes(), other.plainBytes()]);
    return own.equals(others);
  }

  private async plainBytes(): Promise<Buffer> {
    return this.identity ?? (await decompressed(this.gzip as Buffer, this.length));
  }

  private async unpackOnce(): Promise<void> {
    this.identity ??= await decompressed(this.gzip as Buffer, this.length);
    this.resized?.();
  }
}

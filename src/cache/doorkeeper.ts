import { hash, randomBytes } from 'node:crypto';

/** Keys a generation remembers; together the two take 512 KiB, and take one unknown key in 10,000 for a known one. */
const KEYS_A_GENERATION = 100_000;

const BITS_A_GENERATION = 2 ** 21;

/**
 * Tells keys that have been asked for before from those that come for the first time, so that a flood of keys nobody
 * asks for twice displaces nothing. Remembers the last 100,000 to 200,000 keys, in two Bloom filters that take turns.
 *
 * A list of the keys would be exact and take a hundred times the memory. A full TinyLFU counts every hit as well,
 * which would make a hit dearer; recency orders well enough what came twice.
 * @see Einziger, Friedman, Manes: TinyLFU, a highly efficient cache admission policy. ACM ToS 13(4), 2017, section 3.4.2
 */
export class Doorkeeper {
  /** So that nobody can make up keys that pass for one another. */
  private readonly salt = randomBytes(16).toString('base64');
  private current = new BloomFilter(BITS_A_GENERATION);
  private previous = new BloomFilter(BITS_A_GENERATION);
  private keys = 0;

  /** Whether the key came before; from now on it did. */
  knows(key: string): boolean {
    const digest = hash('sha256', this.salt + key, 'buffer');
    const isKnown = this.current.has(digest) || this.previous.has(digest);
    this.remember(digest);
    return isKnown;
  }

  private remember(digest: Buffer): void {
    if (this.keys === KEYS_A_GENERATION) this.turn();
    if (this.current.add(digest)) this.keys += 1;
  }

  private turn(): void {
    this.previous = this.current;
    this.current = new BloomFilter(BITS_A_GENERATION);
    this.keys = 0;
  }
}

/** A set of digests that may hold more than was added, never less. The eight words of a SHA-256 are its eight probes. */
class BloomFilter {
  private readonly words: Uint32Array;

  /** @param bits a power of two. */
  constructor(private readonly bits: number) {
    this.words = new Uint32Array(bits / 32);
  }

  has(digest: Buffer): boolean {
    return this.probes(digest).every((bit) => (this.words[bit >>> 5]! & (1 << (bit & 31))) !== 0);
  }

  /** @returns whether it was not there. */
  add(digest: Buffer): boolean {
    if (this.has(digest)) return false;
    for (const bit of this.probes(digest)) this.words[bit >>> 5]! |= 1 << (bit & 31);
    return true;
  }

  private probes(digest: Buffer): number[] {
    return PROBE_OFFSETS.map((offset) => digest.readUInt32LE(offset) & (this.bits - 1));
  }
}

const PROBE_OFFSETS = [0, 4, 8, 12, 16, 20, 24, 28];

import { crc32 } from 'node:zlib';
import { entryHead } from './entry-head.js';
import { type StoredEntry } from './entry.js';

/**
 * CRC-32 of all that must come back unchanged: SQLite's own checks do not notice a flipped bit in a payload.
 * @param seed of the database that the entry is in; 0 for a checksum that holds anywhere.
 */
export function entryChecksum(entry: StoredEntry, seed: number): number {
  const head = crc32(entryHead(entry), seed);
  // Without bytes, because zlib forgets what it has seen so far when an empty buffer comes from a driver.
  return entry.bytes.length === 0 ? head : crc32(entry.bytes, head);
}

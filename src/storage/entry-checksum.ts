import { crc32 } from 'node:zlib';
import { type StoredEntry } from './entry.js';

/**
 * CRC-32 of all that must come back unchanged: SQLite's own checks do not notice a flipped bit in a payload. Hit
 * counts are left out, they change. Fields go through JSON, so that two of them cannot run into one another.
 */
export function entryChecksum(entry: StoredEntry): number {
  const { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format, bytes } =
    entry;
  const fields = [
    key,
    type,
    companyId,
    username,
    tags.toSorted(),
    createdAt,
    expiresAt,
    graceUntil,
    loadMs,
    format,
  ];
  const head = crc32(JSON.stringify(fields));
  // Without bytes, because zlib forgets what it has seen so far when an empty buffer comes from a driver.
  return bytes.length === 0 ? head : crc32(bytes, head);
}

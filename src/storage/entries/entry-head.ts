import { type StoredEntry } from './entry.js';

/**
 * All of an entry that must come back unchanged, but for its bytes, as one text: what the checksum covers and what an
 * encrypted payload is bound to. Hit counts are left out, they change. JSON, so that two fields cannot run into one
 * another.
 */
export function entryHead(entry: StoredEntry): string {
  const { key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, loadMs, format } = entry;
  return JSON.stringify([
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
  ]);
}

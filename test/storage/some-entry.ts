import type { StoredEntry } from '../../src/storage/entries/entry.js';

/** A moment all entries of these tests are stored at. */
export const T0 = Date.UTC(2026, 0, 15, 8);

export const MINUTE = 60_000;

/** An entry that lives for 15 minutes, without grace, unless told otherwise. */
export function someEntry(overrides: Partial<StoredEntry> = {}): StoredEntry {
  const expiresAt = overrides.expiresAt ?? T0 + 15 * MINUTE;
  return {
    key: 'key-1',
    type: 'trial-balance',
    companyId: '7',
    username: null,
    tags: [],
    createdAt: T0,
    expiresAt,
    graceUntil: expiresAt,
    loadMs: 1_200,
    format: 'value/1',
    bytes: Buffer.from('{"total":12}'),
    ...overrides,
  };
}

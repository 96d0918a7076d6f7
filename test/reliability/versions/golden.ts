import { readdirSync, readFileSync } from 'node:fs';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';

/** A row as a released version wrote it, kept as text; a new format adds a file, and no file is ever changed. */
export interface GoldenRow {
  readonly entry: Omit<StoredEntry, 'bytes'>;
  readonly hex: string;
  readonly checksum: number;
  /** What whoever asks must get, as JSON, as long as the format is read at all. */
  readonly meaning: Readonly<Record<string, unknown>>;
}

const folder = new URL('golden/', import.meta.url);

/** The golden rows whose format begins so: `value/` or `http/`. */
export function goldenRows(kind: string): GoldenRow[] {
  const rows = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenRow,
  );
  return rows.filter(({ entry }) => entry.format.startsWith(kind));
}

export function toStoredEntry({ entry, hex }: GoldenRow): StoredEntry {
  return { ...entry, bytes: Buffer.from(hex, 'hex') };
}

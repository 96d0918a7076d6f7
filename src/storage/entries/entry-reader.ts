import { type Database } from '../database.js';
import { entryChecksum } from './entry-checksum.js';
import { type EntryLookup, type StoredEntry } from './entry.js';
import { type SqlText } from '../sql/dialect.js';
import { type PayloadCipher } from './payload-cipher.js';

/** Keys looked up by one query at the most, when reports are small. */
const MAX_KEYS_A_QUERY = 64;
/**
 * What one query should bring at the most, in bytes: so much stays in the processor's cache until its checksum is
 * taken. Queries of 32 reports of 100 KiB made that four times as slow.
 */
const BYTES_A_QUERY = 256 * 1024;

/** A row whose checksum does not match. `created_at` and `checksum` as read tell it from one stored meanwhile. */
export interface DamagedRow {
  readonly key: string;
  readonly createdAt: unknown;
  readonly checksum: unknown;
}

interface Lookup {
  readonly promise: Promise<EntryLookup>;
  resolve(lookup: EntryLookup): void;
  reject(error: unknown): void;
}

interface EntryRow {
  /** A {@link Head} as JSON. */
  readonly head: string;
  /** Apart, because some versions of SQLite write no more than 15 digits of a number into JSON. */
  readonly load_ms: number;
  readonly body: Buffer | null;
}

type Head = [
  key: string,
  type: string,
  companyId: string | null,
  username: string | null,
  tags: string,
  createdAt: number,
  expiresAt: number,
  graceUntil: number,
  format: string | null,
  checksum: number | null,
];

// The keys are bound as one JSON list, so that one prepared statement serves any number of them. Nearly all
// comes back as one JSON text: a driver needs about half a microsecond for each further column of a row. The casts keep
// a damaged column, which may turn out a BLOB, from failing the query for all its keys; `'' ||` keeps damaged tags
// from spoiling the rest. What entries are dropped by is read through the index that a drop would use: a row that a
// damaged index hides could never be dropped, and here it misses a type, company or tag, which the checksum notices.
const FIND: SqlText = {
  sqlite: `
  SELECT json_array(
           CAST(e.cache_key AS text), ${indexed('cache_type')}, ${indexed('company_id')}, CAST(e.username AS text),
           '' || CASE e.tags WHEN '[]' THEN '[]' ELSE (
             SELECT json_group_array(CAST(t.tag AS text)) FROM cache_entry_tags AS t WHERE t.cache_key = e.cache_key
             AND EXISTS (SELECT 1 FROM cache_entry_tags AS i INDEXED BY sqlite_autoindex_cache_entry_tags_1
                         WHERE i.tag = t.tag AND i.cache_key = t.cache_key)) END,
           CAST(e.created_at AS integer), CAST(e.expires_at AS integer), CAST(e.grace_until AS integer),
           CAST(p.format AS text), CAST(p.checksum AS integer)) AS head,
         e.load_ms, p.body
  FROM cache_entries AS e LEFT JOIN cache_payloads AS p ON p.cache_key = e.cache_key
  WHERE e.cache_key IN (SELECT value FROM json_each(?))`,
  // Neither casts nor indexes to mistrust: PostgreSQL keeps the types of its columns.
  postgres: `
  SELECT json_build_array(
           e.cache_key, e.cache_type, e.company_id, e.username,
           CASE e.tags WHEN '[]' THEN '[]' ELSE (
             SELECT CAST(COALESCE(json_agg(t.tag), '[]') AS text)
             FROM cache_entry_tags AS t WHERE t.cache_key = e.cache_key) END,
           e.created_at, e.expires_at, e.grace_until, p.format, p.checksum)::text AS head,
         e.load_ms, p.body
  FROM cache_entries AS e LEFT JOIN cache_payloads AS p ON p.cache_key = e.cache_key
  WHERE e.cache_key IN (SELECT json_array_elements_text(CAST(? AS json)))`,
};

function indexed(column: 'cache_type' | 'company_id'): string {
  return `CASE WHEN EXISTS (
             SELECT 1 FROM cache_entries AS i INDEXED BY idx_cache_entries_${column}
             WHERE i.${column} = e.${column} AND i.rowid = e.rowid) THEN CAST(e.${column} AS text) END`;
}

/** Looks entries up on the read connection. Lookups of one turn of the event loop share a query, those of one key a row. */
export class EntryReader {
  private waiting = new Map<string, Lookup>();
  /** By the size of what the last query brought. */
  private keysAQuery = MAX_KEYS_A_QUERY;

  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly onDamaged: (row: DamagedRow) => void,
  ) {}

  find(key: string): Promise<EntryLookup> {
    const shared = this.waiting.get(key);
    if (shared) return shared.promise;
    if (this.waiting.size === 0) setImmediate(() => this.flush());
    const lookup = newLookup();
    this.waiting.set(key, lookup);
    return lookup.promise;
  }

  private flush(): void {
    const lookups = this.waiting;
    this.waiting = new Map();
    const keys = [...lookups.keys()];
    for (let start = 0; start < keys.length; start += this.keysAQuery) {
      void this.lookUp(keys.slice(start, start + this.keysAQuery), lookups);
    }
  }

  private async lookUp(keys: readonly string[], lookups: ReadonlyMap<string, Lookup>): Promise<void> {
    try {
      const list = JSON.stringify(keys);
      const { rows, seed } = await this.database.read(async (_manager, sql) => ({
        rows: await sql.all<EntryRow>(FIND, [list]),
        seed: sql.checksumSeed,
      }));
      for (const row of rows) this.answer(row, seed, lookups);
      for (const key of keys) lookups.get(key)?.resolve('absent');
      this.adaptTo(rows, keys.length);
    } catch (error) {
      for (const key of keys) lookups.get(key)?.reject(error);
    }
  }

  private adaptTo(rows: readonly EntryRow[], keysAsked: number): void {
    const bytes = rows.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
    const keys = Math.floor((BYTES_A_QUERY * keysAsked) / bytes);
    this.keysAQuery = bytes === 0 ? MAX_KEYS_A_QUERY : Math.min(Math.max(keys, 1), MAX_KEYS_A_QUERY);
  }

  private answer(row: EntryRow, seed: number, lookups: ReadonlyMap<string, Lookup>): void {
    const head = JSON.parse(row.head) as Head;
    lookups.get(head[0])?.resolve(this.verified(head, row, seed));
  }

  private verified(head: Head, row: EntryRow, seed: number): EntryLookup {
    const entry = toEntry(head, row);
    const checksum = head[9];
    const isWhole = entry !== undefined && checksum === entryChecksum(entry, seed);
    const opened = isWhole ? this.cipher.open(entry) : 'damaged';
    if (opened !== 'damaged') return opened;
    this.onDamaged({ key: head[0], createdAt: head[5], checksum });
    return 'damaged';
  }
}

function toEntry(head: Head, { load_ms: loadMs, body: bytes }: EntryRow): StoredEntry | undefined {
  const [key, type, companyId, username, tags, createdAt, expiresAt, graceUntil, format] = head;
  if (!Buffer.isBuffer(bytes) || format === null) return undefined;
  return {
    key,
    type,
    companyId,
    username,
    tags: readTags(tags),
    createdAt,
    expiresAt,
    graceUntil,
    loadMs,
    format,
    bytes,
  };
}

/** Unreadable tags are none: the checksum then does not match. */
function readTags(text: string): readonly string[] {
  if (text === '[]') return NO_TAGS;
  try {
    return (JSON.parse(text) as string[]).sort();
  } catch {
    return NO_TAGS;
  }
}

const NO_TAGS: readonly string[] = [];

function newLookup(): Lookup {
  const { promise, resolve, reject } = withResolvers<EntryLookup>();
  return { promise, resolve, reject };
}

// `Promise.withResolvers` needs Node 22.
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

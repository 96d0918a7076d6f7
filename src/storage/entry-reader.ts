import { type Database } from './database.js';
import { entryChecksum } from './entry-checksum.js';
import { type EntryLookup, type StoredEntry } from './entry.js';

/** Keys looked up by one query: enough to share its cost, few enough for reports of megabytes. */
const KEYS_A_QUERY = 32;

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
  readonly cache_key: string;
  readonly cache_type: string;
  readonly company_id: string | null;
  readonly username: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly grace_until: number;
  readonly load_ms: number;
  readonly tags: string;
  readonly format: string | null;
  readonly body: Buffer | null;
  readonly checksum: number | null;
}

// The keys are bound as one JSON list, so that one prepared statement serves any number of them. The tags of a tagged
// entry are read from the table that finds entries by them, so that the checksum notices damage there as well.
// Cast, because JSON holds no blob: one tag that damage has turned into one would fail the whole query.
const FIND = `
  SELECT e.cache_key, e.cache_type, e.company_id, e.username,
         CASE e.tags WHEN '[]' THEN '[]' ELSE (
           SELECT json_group_array(CAST(t.tag AS TEXT)) FROM cache_entry_tags AS t WHERE t.cache_key = e.cache_key) END AS tags,
         e.created_at, e.expires_at, e.grace_until, e.load_ms,
         p.format, p.body, p.checksum
  FROM cache_entries AS e LEFT JOIN cache_payloads AS p ON p.cache_key = e.cache_key
  WHERE e.cache_key IN (SELECT value FROM json_each(?))`;

/** Looks entries up on the read connection. Lookups of one turn of the event loop share a query, those of one key a row. */
export class EntryReader {
  private waiting = new Map<string, Lookup>();

  constructor(
    private readonly database: Database,
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
    const lookups = [...this.waiting];
    this.waiting = new Map();
    for (let start = 0; start < lookups.length; start += KEYS_A_QUERY) {
      void this.lookUp(new Map(lookups.slice(start, start + KEYS_A_QUERY)));
    }
  }

  private async lookUp(lookups: Map<string, Lookup>): Promise<void> {
    try {
      const keys = JSON.stringify([...lookups.keys()]);
      const rows = await this.database.read((_manager, sql) => sql.all<EntryRow>(FIND, [keys]));
      for (const row of rows) lookups.get(row.cache_key)?.resolve(this.verified(row));
      for (const lookup of lookups.values()) lookup.resolve('absent');
    } catch (error) {
      for (const lookup of lookups.values()) lookup.reject(error);
    }
  }

  private verified(row: EntryRow): EntryLookup {
    const entry = toEntry(row);
    if (entry && row.checksum === entryChecksum(entry)) return entry;
    this.onDamaged({ key: row.cache_key, createdAt: row.created_at, checksum: row.checksum });
    return 'damaged';
  }
}

function toEntry(row: EntryRow): StoredEntry | undefined {
  if (!Buffer.isBuffer(row.body) || row.format === null) return undefined;
  return {
    key: row.cache_key,
    type: row.cache_type,
    companyId: row.company_id,
    username: row.username,
    tags: readTags(row.tags),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    graceUntil: row.grace_until,
    loadMs: row.load_ms,
    format: row.format,
    bytes: row.body,
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

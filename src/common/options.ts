import type { KeyObject } from 'node:crypto';
import type { ByteSize } from './byte-size.js';
import type { Duration } from './duration.js';
import type { WatermarkSource } from './watermark-source.js';

/** A class that Nest or `new` can build. */
export type Constructor<T = unknown> = new (...args: never[]) => T;

export interface SqliteDatabaseOptions {
  /** The driver. Default `'sqlite'` (npm package `sqlite3`); `'better-sqlite3'` is the maintained alternative. */
  type?: 'sqlite' | 'better-sqlite3';
  /**
   * The cache's file; its folder is created, for its owner alone. Default `'data/reports-cache.sqlite'`. In a folder
   * that others may write to, they can take the file away or put another in its place. `':memory:'` is refused: it
   * cannot be shared by two connections.
   */
  path?: string;
  /**
   * How long SQLite waits for a lock another process holds. Default 5 s. Below the longest write of any process,
   * writes give up: what they should have stored is then in memory only.
   */
  busyTimeout?: Duration;
}

/** Who asks, as far as the cache must know. */
export interface Identity {
  /**
   * Names the user in user-scoped keys, in the performance log and for the per-user switch. Two users of one name see
   * each other's reports.
   */
  username?: string;
}

export interface MemoryOptions {
  /**
   * Upper bound for the bytes of all entries in memory. Once they are full, a report displaces others from its second
   * request on. Default `'64mb'`.
   */
  maxBytes?: ByteSize;
  /** Upper bound for the number of entries in memory, at most 10,000,000. Default 10,000. */
  maxEntries?: number;
}

export interface CompressionOptions {
  /** A body shorter than this is kept as it is. Default `'16kb'`. */
  minBytes?: ByteSize;
}

export interface CleanupOptions {
  /**
   * When the cleanup runs, in cron syntax of five or six fields. Default every five minutes, `'0 *\/5 * * * *'`. Until
   * then the file may grow beyond `maxBytes`, and what was deleted may still be found in it.
   */
  cron?: string;
  /**
   * Rows removed in one transaction at the most; usually fewer, as many as take a millisecond. Default 500. With more,
   * writes wait longer and the log grows larger.
   */
  batchSize?: number;
}

export interface PerformanceOptions {
  /** How long rows of the performance log, usernames included, are kept. Default `'90d'`. */
  retention?: Duration;
  /** Rows of the performance log that the cleanup leaves, the newest. Default 1,000,000. */
  maxRows?: number;
  /**
   * How often log rows, benchmarks and hit counts collected in memory are written. Default 1 s. A process that is
   * killed loses those since the last time.
   */
  flushEvery?: Duration;
}

export interface ProcessesOptions {
  /**
   * How often this process asks the file what other processes dropped or replaced. What they did, this one's memory
   * may answer with for as long, and the time one look takes. Default 250 ms.
   */
  pollEvery?: Duration;
}

export interface WatermarkOptions {
  /** The app's port to its books: an instance, or a class Nest can build. */
  source: WatermarkSource | Constructor<WatermarkSource>;
  /** How often companies with live entries are probed. Default 30 s. For as long, old figures may go out after a change. */
  every?: Duration;
}

export interface RefreshOptions {
  /** Whether this request's user may. Whoever may can have the source run every `minAge`, for each key. */
  allow: (request: never) => boolean;
  /** An answer younger than this is fresh enough for them too, which bounds what one user can cost. Default 10 s. */
  minAge?: Duration;
}

/** A key of AES-256. */
export interface EncryptionKey {
  /** Stands, readable, in every row that the key sealed: 1 to 32 letters, digits, `.`, `_` or `-`. Never used again. */
  id: string;
  /** 32 random bytes as a Buffer, as 64 hex digits or in base64, such as `openssl rand -base64 32` prints. */
  key: Uint8Array | string;
}

export interface EncryptionOptions {
  /** The first seals, all of them open: a new key is added last, moved to the front, and the old one is taken out. */
  keys: readonly EncryptionKey[];
}

/** What `ReportsCacheModule.forRoot()` takes; everything is optional. */
export interface ReportsCacheOptions {
  database?: SqliteDatabaseOptions;
  /**
   * How long an entry lives unless its route or call says otherwise. Default `'15m'`. A change of the books that neither
   * drops entries nor moves a watermark shows as late as that.
   */
  ttl?: Duration;
  /** The memory tier (L1), or `false` for none. */
  memory?: MemoryOptions | false;
  /**
   * Who asks. Default: `request.user`, its `username`, `id` or `sub`. A request that carries credentials and
   * yields no username is not cached (unless its route's scope is `'global'` or a function). What it leaves apart or
   * takes together decides who sees whose reports: take nothing from a header that a client may set.
   */
  identify?: (request: never) => Identity | undefined;
  /**
   * An answer larger than this is sent but not stored. Default `'64mb'`. One of this size is held in memory whole, and
   * takes the event loop for as long as its copying and, where asked for, its encryption last.
   */
  maxEntryBytes?: ByteSize;
  /**
   * Upper bound for the entries in the file (L2): their payloads, and 1 KiB each for what stands around them. Beyond it
   * those never hit go first, then the least recently used; looked after by the cleanup and whenever this process has
   * stored a sixteenth of it. Default `'1gb'`.
   */
  maxBytes?: ByteSize;
  /**
   * The share, above 0 and up to 1, of memory and of the file that one company may keep from the others. It counts only
   * where room runs out: a company that holds more then makes room among its own entries, so one that is alone may
   * fill everything. Default 0.5.
   */
  maxCompanyShare?: number;
  /**
   * Loads of sources that may run at once in this process, at most 10,000; 16 times as many may wait, further ones are
   * answered 503 with Retry-After. Default: no bound, so that as many run as keys are asked for.
   */
  sourceConcurrency?: number;
  /**
   * How long a request waits for the cache's file before it goes to the source. Default 250 ms. A file that hangs adds
   * this to a report; below what a large entry takes to read, that one is never found.
   */
  storeTimeout?: Duration;
  /**
   * Who may ask past what is stored, by the request header `Cache-Control: no-cache`. Default: nobody; the header is
   * then ignored.
   */
  refresh?: RefreshOptions;
  /**
   * Keep a gzip form of answers that are texts, and send it to clients that accept one; or `false` for none. A single
   * answer keeps its form by `Cache-Control: no-transform`.
   */
  compression?: CompressionOptions | false;
  /**
   * Encrypts stored answers and values by AES-256-GCM. What was written without it, or by a key that is not here, is a
   * miss. Keys of entries, types, tags, companies and usernames stay readable. Default: nothing is encrypted, and
   * whoever can read the file can read the reports.
   */
  encryption?: EncryptionOptions;
  cleanup?: CleanupOptions;
  performance?: PerformanceOptions;
  watermark?: WatermarkOptions;
  /** For processes that share one file. */
  processes?: ProcessesOptions;
  /**
   * Send `Cache-Status` (RFC 9211). Default `true`. It and `X-Cache` tell whoever may see a shared report whether
   * somebody else asked for it before.
   */
  cacheStatusHeader?: boolean;
  /** Send `X-Cache: HIT | MISS | STALE | BYPASS`. Default `true`. */
  xCacheHeader?: boolean;
  /**
   * Classes whose instances keep their prototype through `CacheService.set`. An instance of any other class comes
   * back as a plain object with the same fields. Default none.
   */
  models?: readonly Constructor[];
}

export interface ResolvedDatabaseOptions {
  readonly type: 'sqlite' | 'better-sqlite3';
  readonly path: string;
  readonly busyTimeoutMs: number;
}

export interface ResolvedEncryptionKey {
  readonly id: string;
  /** Shows nothing of itself when it is printed. */
  readonly key: KeyObject;
}

/** The options with every default filled in, durations in milliseconds, sizes in bytes. */
export interface ResolvedOptions {
  readonly database: ResolvedDatabaseOptions;
  readonly ttlMs: number;
  readonly memory: { readonly maxBytes: number; readonly maxEntries: number } | false;
  readonly identify: ((request: never) => Identity | undefined) | undefined;
  readonly maxEntryBytes: number;
  readonly maxBytes: number;
  readonly maxCompanyShare: number;
  readonly sourceConcurrency: number | undefined;
  readonly storeTimeoutMs: number;
  readonly refresh: { readonly allow: (request: never) => boolean; readonly minAgeMs: number } | undefined;
  readonly compression: { readonly minBytes: number } | false;
  readonly encryption:
    { readonly keys: readonly [ResolvedEncryptionKey, ...ResolvedEncryptionKey[]] } | undefined;
  readonly cleanup: { readonly cron: string; readonly batchSize: number };
  readonly performance: {
    readonly retentionMs: number;
    readonly maxRows: number;
    readonly flushEveryMs: number;
  };
  readonly watermark:
    { readonly source: WatermarkSource | Constructor<WatermarkSource>; readonly everyMs: number } | undefined;
  readonly processes: { readonly pollEveryMs: number };
  readonly cacheStatusHeader: boolean;
  readonly xCacheHeader: boolean;
  readonly models: readonly Constructor[];
}

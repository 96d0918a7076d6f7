import type { KeyObject } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { ByteSize } from './byte-size.js';
import type { Duration } from './duration.js';
import type { ResolvedWarmUpOptions, WarmUpOptions } from './warm-up-options.js';
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

export interface PostgresDatabaseOptions {
  type: 'postgres';
  /**
   * Where the server is: `postgres://user:password@host:5432/database`. Needs the npm package `pg`. Every instance of
   * the app names the same database and schema. Never logged.
   * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
   */
  url: string;
  /** The schema that holds the cache and nothing else; created where it is missing. Default `'reports_cache'`. */
  schema?: string;
  /**
   * TLS to the server: `true` checks its certificate against the system's authorities, an object is passed to
   * `tls.connect()`, such as `{ ca }`. Default: as `sslmode` in the url says, else none.
   */
  ssl?: boolean | ConnectionOptions;
  /**
   * Connections that this process opens at the most, for the cache alone. Default 5; at least 2, so that no read waits
   * behind a write. All instances together must stay below `max_connections` of the server.
   */
  poolSize?: number;
  /**
   * How long a write waits for the lock of another process or a statement runs. Default 5 s. Below the longest write of
   * any process, writes give up: what they should have stored is then in memory only.
   */
  busyTimeout?: Duration;
  /**
   * Keep statements prepared on the connections, under names. Default `true`. `false` behind a pooler that hands out a
   * connection for each transaction and does not follow such names: PgBouncer before 1.21, or with
   * `max_prepared_statements = 0`; each statement is then parsed anew.
   * @see https://www.pgbouncer.org/config.html#max_prepared_statements
   */
  preparedStatements?: boolean;
  /**
   * Where to listen for what other instances dropped, on one connection more than `poolSize`; as `url`, and by the same
   * `ssl`. Give it the server itself where `url` is a pooler in transaction mode, such as PgBouncer with
   * `pool_mode = transaction`: that passes no notices on. Default: `url`. Where no notices come, one warning says so, and
   * instances hear of one another by `processes.pollEvery` alone. Never logged.
   * @see https://www.postgresql.org/docs/current/sql-listen.html
   */
  listenUrl?: string;
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
   * Rows removed in one transaction at the most; usually fewer, as many as take one to three milliseconds. Default 500. With more,
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
   * How long the log's sums by day, type and company are kept, which hold no usernames. Default `'400d'`; those by hour
   * are kept for eight days.
   */
  rollupRetention?: Duration;
  /**
   * How often log rows, benchmarks and hit counts collected in memory are written. Default 1 s. A process that is
   * killed loses those since the last time.
   */
  flushEvery?: Duration;
}

export interface ProcessesOptions {
  /**
   * How often this process asks the store what other processes dropped or replaced. What they did, this one's memory
   * may answer with for as long, and the time one look takes. Default 250 ms on a file; 1 s on PostgreSQL, where a notice
   * makes it look at once; at most half of `maxStaleness`.
   */
  pollEvery?: Duration;
  /**
   * How long memory answers while this process cannot read what others dropped; then requests go to the store and to
   * the source, until it can. Default: two intervals of `pollEvery`, 1 s at least. For as long, old figures may go out;
   * below one interval, memory is of no use.
   */
  maxStaleness?: Duration;
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

export interface ShadowCheckOptions {
  /**
   * Of the hits of cacheable routes, above 0 and up to 1, whose handler runs once more behind the answer, to see whether
   * its source still says the same. Each costs the source a query.
   */
  share: number;
  /** Handlers that may run so at once in this process, at most 100; a hit beyond is not checked. Default 1. */
  maxConcurrency?: number;
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
  /** Where finished reports are kept: a SQLite file of this machine, or a PostgreSQL server that several share. */
  database?: SqliteDatabaseOptions | PostgresDatabaseOptions;
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
  /**
   * Finds reports that changed while nobody said so. Default: nothing is checked. A route whose answer is never the same
   * twice, because it tells the time for instance, loses its entry at each check; those that take `@Res()` are left out.
   */
  shadowCheck?: ShadowCheckOptions;
  cleanup?: CleanupOptions;
  performance?: PerformanceOptions;
  watermark?: WatermarkOptions;
  /**
   * Asks for reports before users do, by what they asked for. Default: nothing is remembered for it, and nothing asked.
   */
  warmUp?: WarmUpOptions;
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

export interface ResolvedSqliteOptions {
  readonly type: 'sqlite' | 'better-sqlite3';
  readonly path: string;
  readonly busyTimeoutMs: number;
  /**
   * The file belongs to an app: it is opened as it is, or not at all. It is neither created, migrated, set aside when it
   * is damaged, nor opened again when it was replaced. Not an option of the module; for tools. Default `false`.
   */
  readonly guest?: boolean;
}

export interface ResolvedPostgresOptions {
  readonly type: 'postgres';
  readonly url: string;
  readonly listenUrl: string;
  readonly schema: string;
  readonly ssl: boolean | ConnectionOptions | undefined;
  readonly poolSize: number;
  readonly busyTimeoutMs: number;
  readonly preparedStatements: boolean;
}

export type ResolvedDatabaseOptions = ResolvedSqliteOptions | ResolvedPostgresOptions;

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
  readonly shadowCheck: { readonly share: number; readonly maxConcurrency: number } | undefined;
  readonly cleanup: { readonly cron: string; readonly batchSize: number };
  readonly performance: {
    readonly retentionMs: number;
    readonly maxRows: number;
    readonly rollupRetentionMs: number;
    readonly flushEveryMs: number;
  };
  readonly watermark:
    { readonly source: WatermarkSource | Constructor<WatermarkSource>; readonly everyMs: number } | undefined;
  readonly warmUp: ResolvedWarmUpOptions | undefined;
  readonly processes: { readonly pollEveryMs: number; readonly maxStalenessMs: number };
  readonly cacheStatusHeader: boolean;
  readonly xCacheHeader: boolean;
  readonly models: readonly Constructor[];
}

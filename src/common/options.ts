import type { ByteSize } from './byte-size.js';
import type { Duration } from './duration.js';
import type { WatermarkSource } from './watermark-source.js';

/** A class that Nest or `new` can build. */
export type Constructor<T = unknown> = new (...args: never[]) => T;

export interface SqliteDatabaseOptions {
  /** The driver. Default `'sqlite'` (npm package `sqlite3`); `'better-sqlite3'` is the maintained alternative. */
  type?: 'sqlite' | 'better-sqlite3';
  /** The cache's file; its folder is created. Default `'data/reports-cache.sqlite'`. `':memory:'` is refused: it cannot be shared by two connections. */
  path?: string;
  /** How long SQLite waits for a lock another process holds. Default 5 s. */
  busyTimeout?: Duration;
}

/** Who asks, as far as the cache must know. */
export interface Identity {
  /** Names the user in user-scoped keys, in the performance log and for the per-user switch. */
  username?: string;
}

export interface MemoryOptions {
  /** Upper bound for the bytes of all entries in memory. Default `'64mb'`. */
  maxBytes?: ByteSize;
  /** Upper bound for the number of entries in memory, at most 10,000,000. Default 10,000. */
  maxEntries?: number;
}

export interface CleanupOptions {
  /** When the cleanup runs, in cron syntax of five or six fields. Default every five minutes, `'0 *\/5 * * * *'`. */
  cron?: string;
  /** Rows removed in one transaction at the most. Default 500. */
  batchSize?: number;
}

export interface PerformanceOptions {
  /** How long rows of the performance log, usernames included, are kept. Default `'90d'`. */
  retention?: Duration;
  /** How often log rows, benchmarks and hit counts collected in memory are written. Default 1 s. */
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
  /** How often companies with live entries are probed. Default 30 s. */
  every?: Duration;
}

export interface RefreshOptions {
  /** Whether this request's user may. */
  allow: (request: never) => boolean;
  /** An answer younger than this is fresh enough for them too, which bounds what one user can cost. Default 10 s. */
  minAge?: Duration;
}

/** What `ReportsCacheModule.forRoot()` takes; everything is optional. */
export interface ReportsCacheOptions {
  database?: SqliteDatabaseOptions;
  /** How long an entry lives unless its route or call says otherwise. Default `'15m'`. */
  ttl?: Duration;
  /** The memory tier (L1), or `false` for none. */
  memory?: MemoryOptions | false;
  /**
   * Who asks. Default: `request.user`, its `username`, `id` or `sub`. A request that carries credentials and
   * yields no username is not cached (unless its route's scope is `'global'` or a function).
   */
  identify?: (request: never) => Identity | undefined;
  /** An answer larger than this is sent but not stored. Default `'64mb'`. */
  maxEntryBytes?: ByteSize;
  /** Upper bound for the payloads in the file (L2); the cleanup evicts the least recently used beyond it. Default `'1gb'`. */
  maxBytes?: ByteSize;
  /**
   * Loads of sources that may run at once in this process, at most 10,000; 16 times as many may wait, further ones are
   * answered 503 with Retry-After. Default: no bound.
   */
  sourceConcurrency?: number;
  /** How long a request waits for the cache's file before it goes to the source. Default 250 ms. */
  storeTimeout?: Duration;
  /**
   * Who may ask past what is stored, by the request header `Cache-Control: no-cache`. Default: nobody; the header is
   * then ignored.
   */
  refresh?: RefreshOptions;
  cleanup?: CleanupOptions;
  performance?: PerformanceOptions;
  watermark?: WatermarkOptions;
  /** For processes that share one file. */
  processes?: ProcessesOptions;
  /** Send `Cache-Status` (RFC 9211). Default `true`. */
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

/** The options with every default filled in, durations in milliseconds, sizes in bytes. */
export interface ResolvedOptions {
  readonly database: ResolvedDatabaseOptions;
  readonly ttlMs: number;
  readonly memory: { readonly maxBytes: number; readonly maxEntries: number } | false;
  readonly identify: ((request: never) => Identity | undefined) | undefined;
  readonly maxEntryBytes: number;
  readonly maxBytes: number;
  readonly sourceConcurrency: number | undefined;
  readonly storeTimeoutMs: number;
  readonly refresh: { readonly allow: (request: never) => boolean; readonly minAgeMs: number } | undefined;
  readonly cleanup: { readonly cron: string; readonly batchSize: number };
  readonly performance: { readonly retentionMs: number; readonly flushEveryMs: number };
  readonly watermark:
    { readonly source: WatermarkSource | Constructor<WatermarkSource>; readonly everyMs: number } | undefined;
  readonly processes: { readonly pollEveryMs: number };
  readonly cacheStatusHeader: boolean;
  readonly xCacheHeader: boolean;
  readonly models: readonly Constructor[];
}

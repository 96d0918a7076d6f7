import { type Mutex } from 'async-mutex';
import { type Pace } from '../common/batches.js';
import { type Lifecycle, type OpenDatabase } from './lifecycle.js';
import { type ConnectionFault, type DatabaseWork } from './sql/connection.js';
import { type WriteGate, type WriteTarget } from './writes/write-gate.js';

/** Bytes on disk. */
export interface DatabaseSizes {
  readonly databaseBytes: number;
  /** Of the write-ahead log; only of SQLite, which keeps one for this database alone. */
  readonly walBytes?: number;
}

/** What differs between the databases that the cache may be kept in. {@link WriteTarget}'s methods are called inside `lock`. */
export interface Store extends WriteTarget {
  readonly lifecycle: Lifecycle;
  /** At which batches leave room for others. */
  readonly pace: Pace;
  faultOf(error: unknown): ConnectionFault;
  /** Whether a write failed because one of several connections was lost: another may have it. */
  hasLostConnection(error: unknown): boolean;
  sizes(): Promise<DatabaseSizes>;
  /** Clears up behind a cleanup, so that the database does not grow for ever. */
  reclaim(gate: WriteGate): Promise<void>;
  /**
   * Writes the whole of a file anew, without free pages and in order. Takes its size again on the disk, twice, and holds
   * every writer up. A server does as much by itself, and does nothing then.
   * @see https://www.sqlite.org/lang_vacuum.html
   */
  rewrite(): Promise<void>;
  /** Ends what runs by itself. */
  stop(): void;
}

/** What a store needs of the {@link Database} around it. */
export interface StoreContext {
  /** Of the write gate. */
  readonly lock: Mutex;
  /** Resolves when nothing reads any more. */
  settled(): Promise<void>;
  /** Queues a write of the store's own. */
  write(work: DatabaseWork<void>): Promise<void>;
  /** Drops what is open, unless somebody did so before. To be called outside the lock. */
  discard(opened: OpenDatabase, cause: unknown): Promise<void>;
}

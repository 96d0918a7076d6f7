import { type EntityManager } from 'typeorm';
import { type SqlConnection } from './sql-connection.js';

/**
 * How a transaction stands to those of other processes, where several may write at once:
 * - `'shared'`: beside others that store what loads brought, and never beside one that drops or replaces;
 * - `'exclusive'`: what it drops or replaces is noted, and the numbers of the notes rise in the order of the commits;
 * - `'none'`: it touches nothing that another process may have in memory.
 *
 * On SQLite every transaction is exclusive.
 */
export type LockMode = 'none' | 'shared' | 'exclusive';

/**
 * What an error says of the connection:
 * - `'busy'`: nothing is wrong with it, another holds the lock for too long;
 * - `'conflict'`: the transaction collided with another and was undone; the same again may succeed;
 * - `'disk full'`: it and what is stored are as good as before;
 * - `'lost'`: it, or the database behind it, is not to be trusted any more.
 *
 * `undefined`: it is a fault of the statement, not of the connection.
 */
export type ConnectionFault = 'busy' | 'conflict' | 'disk full' | 'lost' | undefined;

/** One connection, seen through TypeORM and through prepared statements. */
export interface Connection {
  readonly manager: EntityManager;
  readonly sql: SqlConnection;
  /** The lock that the transaction under way holds; see {@link begin}. */
  readonly lock: LockMode;
  /**
   * Begins a transaction that holds at least this lock from its beginning.
   * @param mayBeLost when the database's machine crashes soon after; default `false`. A crash of this process loses nothing.
   * @throws what {@link faultOf} calls `'busy'` when the lock cannot be had in time; or the first statement does.
   */
  begin(lock: LockMode, mayBeLost?: boolean): Promise<void>;
  /** For work that goes past {@link sql}: by then the transaction has begun. @throws what {@link begin} could not wait for. */
  begun(): Promise<void>;
  /** @throws when the transaction was not committed, or nobody can tell. */
  commit(): Promise<void>;
  /** @returns whether there is no transaction any more, so that the connection can be used again. Never throws. */
  rollback(): Promise<boolean>;
  faultOf(error: unknown): ConnectionFault;
}

/** Work on a connection; both arguments are the same one. */
export type DatabaseWork<T> = (manager: EntityManager, sql: SqlConnection) => Promise<T>;

/**
 * A kind of small write. Items that wait next to one another are applied by one call, in their order; when that call
 * fails, one by one, so that one bad item fails alone.
 */
export interface BatchOperation<Item> {
  /** The lock its transaction needs. Default `'none'`. A stronger one {@link apply} asks for by {@link ExclusiveLockNeeded}. */
  lockFor?(items: readonly Item[]): LockMode;
  /** Whether a crash of the database's machine may lose them although they were acknowledged. Default `false`. */
  mayBeLost?(items: readonly Item[]): boolean;
  /**
   * The key of the one entry that an item concerns, so that it may go before others that concern other entries, beside
   * its like. Default `undefined`: it may concern anything, and keeps its place.
   */
  keyOf?(item: Item): string | undefined;
  /**
   * Whether {@link apply} asks for all it needs before it waits for the first answer, so that the commit can be asked
   * for along with it: whoever waits for its lock then does not wait for this process. Default `false`.
   */
  asksAtOnce?(items: readonly Item[]): boolean;
  apply(connection: Connection, items: readonly Item[]): Promise<void>;
}

/** Thrown by an operation that finds out too late what it needs: the transaction is undone and runs again. */
export class ExclusiveLockNeeded extends Error {}

import { type EntityManager } from 'typeorm';
import { type SqlConnection } from './sql-connection.js';

/** One connection, seen through TypeORM and through prepared statements. */
export interface Connection {
  readonly manager: EntityManager;
  readonly sql: SqlConnection;
  /** How long a transaction waits for the write lock of another process, in milliseconds. */
  readonly patienceMs: number;
}

/** Work on a connection; both arguments are the same one. */
export type DatabaseWork<T> = (manager: EntityManager, sql: SqlConnection) => Promise<T>;

/**
 * A kind of small write. Items that wait next to one another are applied by one call, in their order; when that call
 * fails, one by one, so that one bad item fails alone.
 */
export interface BatchOperation<Item> {
  apply(connection: Connection, items: readonly Item[]): Promise<void>;
}

import { type DialectName, type SqlText } from './dialect.js';

/** What may be bound: the drivers store a bigint as NULL, a Date as 0.0 and an object as `[object Object]`. */
export type SqlValue = number | string | Buffer | null;

/**
 * A database connection reduced to what hot paths need. Each SQL text is prepared once and its statement kept, so
 * texts must come from a small fixed set: values are bound, as `?`, never written into the text.
 */
export interface SqlConnection {
  readonly dialect: DialectName;
  /**
   * What the checksums of this database's entries begin with, so that rows of another one are not taken for its own;
   * 0 where no others can come in.
   */
  readonly checksumSeed: number;
  /** The rows of a query. */
  all<Row>(text: SqlText, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs a statement and returns how many rows it changed; what its triggers change is not counted. */
  run(text: SqlText, parameters?: readonly SqlValue[]): Promise<number>;
  /** Runs `PRAGMA <text>`, never from a kept statement: many pragmas take effect when they are prepared. SQLite's only. */
  pragma<Row>(text: string): Promise<Row[]>;
  /** Gives the kept statements back. The connection itself belongs to its `DataSource`. */
  release(): Promise<void>;
}

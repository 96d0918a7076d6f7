import { type SqlText, textFor } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

interface BetterSqlite3Statement {
  all(...parameters: SqlValue[]): unknown[];
  run(...parameters: SqlValue[]): { changes: number };
}

/** The part of a `better-sqlite3` `Database` that is used; its own types would leak an optional package into ours. */
export interface BetterSqlite3Handle {
  prepare(text: string): BetterSqlite3Statement;
  pragma(text: string): unknown[];
}

/**
 * {@link SqlConnection} over the npm package `better-sqlite3`, which works on the calling thread: an `await` of it
 * never leaves the microtask queue, so callers that loop must let the event loop turn themselves.
 */
export class BetterSqlite3Connection implements SqlConnection {
  readonly dialect = 'sqlite';
  readonly isPipelined = false;
  private readonly statements = new Map<string, BetterSqlite3Statement>();

  constructor(
    private readonly handle: BetterSqlite3Handle,
    readonly checksumSeed: number,
  ) {}

  // `async`, so that what the driver throws becomes a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async all<Row>(text: SqlText, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return this.prepared(textFor('sqlite', text)).all(...parameters) as Row[];
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async run(text: SqlText, parameters: readonly SqlValue[] = []): Promise<number> {
    return this.prepared(textFor('sqlite', text)).run(...parameters).changes;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async pragma<Row>(text: string): Promise<Row[]> {
    return this.handle.pragma(text) as Row[];
  }

  /** The driver finalizes statements when they are collected or the connection is closed. */
  release(): Promise<void> {
    this.statements.clear();
    return Promise.resolve();
  }

  private prepared(text: string): BetterSqlite3Statement {
    const kept = this.statements.get(text);
    if (kept) return kept;
    const statement = this.handle.prepare(text);
    this.statements.set(text, statement);
    return statement;
  }
}

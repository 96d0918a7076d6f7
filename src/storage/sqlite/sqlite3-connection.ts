import { type SqlText, textFor } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';

type Callback<Result> = (error: Error | null, result: Result) => void;

interface Sqlite3Statement {
  all(parameters: readonly SqlValue[], callback: Callback<unknown[]>): void;
  run(
    parameters: readonly SqlValue[],
    callback: (this: { changes: number }, error: Error | null) => void,
  ): void;
  finalize(callback: () => void): void;
}

/** The part of a `sqlite3` `Database` that is used; its own types would leak an optional package into ours. */
export interface Sqlite3Handle {
  prepare(text: string, callback: (error: Error | null) => void): Sqlite3Statement;
  all(text: string, callback: Callback<unknown[]>): void;
}

/** {@link SqlConnection} over the npm package `sqlite3`, which works in libuv's threads. */
export class Sqlite3Connection implements SqlConnection {
  readonly dialect = 'sqlite';
  readonly isPipelined = false;
  private readonly statements = new Map<string, Promise<Sqlite3Statement>>();

  constructor(
    private readonly handle: Sqlite3Handle,
    readonly checksumSeed: number,
  ) {}

  // `Statement.get` is not used: it leaves the statement on its row, and with it a read transaction open.
  async all<Row>(text: SqlText, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const statement = await this.prepared(textFor('sqlite', text));
    return new Promise((resolve, reject) => {
      statement.all(parameters, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
    });
  }

  async run(text: SqlText, parameters: readonly SqlValue[] = []): Promise<number> {
    const statement = await this.prepared(textFor('sqlite', text));
    return new Promise((resolve, reject) => {
      statement.run(parameters, function (error) {
        if (error) reject(error);
        else resolve(this.changes);
      });
    });
  }

  pragma<Row>(text: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.handle.all(`PRAGMA ${text}`, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
    });
  }

  async release(): Promise<void> {
    const statements = [...this.statements.values()];
    this.statements.clear();
    await Promise.allSettled(statements.map(async (statement) => finalized(await statement)));
  }

  private prepared(text: string): Promise<Sqlite3Statement> {
    const kept = this.statements.get(text);
    if (kept) return kept;
    const statement = this.prepare(text);
    this.statements.set(text, statement);
    statement.catch(() => this.statements.delete(text));
    return statement;
  }

  private prepare(text: string): Promise<Sqlite3Statement> {
    return new Promise((resolve, reject) => {
      const statement = this.handle.prepare(text, (error) => (error ? reject(error) : resolve(statement)));
    });
  }
}

function finalized(statement: Sqlite3Statement): Promise<void> {
  return new Promise((resolve) => statement.finalize(resolve));
}

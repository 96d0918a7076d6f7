import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';

/** A value of SQLite's. */
export type SqlValue = string | number | null;
/** Positional or, with their `$`, named parameters. */
export type SqlParameters = readonly SqlValue[] | Readonly<Record<`$${string}`, SqlValue>>;

/** A connection to the ERP's database, with promises. */
export class ErpConnection {
  private constructor(private readonly database: sqlite3.Database) {}

  static async open(path: string, access: 'read' | 'write' | 'create'): Promise<ErpConnection> {
    const database = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opening = new sqlite3.Database(path, MODES[access], (error) =>
        error ? reject(error) : resolve(opening),
      );
    });
    database.configure('busyTimeout', BUSY_TIMEOUT_MS);
    return new ErpConnection(database);
  }

  all<Row>(sql: string, parameters: SqlParameters = []): Promise<Row[]> {
    return new Promise((resolve, reject) =>
      this.database.all<Row>(sql, parameters, (error, rows) => (error ? reject(error) : resolve(rows))),
    );
  }

  async get<Row>(sql: string, parameters: SqlParameters = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, parameters))[0];
  }

  run(sql: string, parameters: SqlParameters = []): Promise<void> {
    return new Promise((resolve, reject) =>
      this.database.run(sql, parameters, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Runs several statements, which take no parameters. */
  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.database.exec(sql, (error) => (error ? reject(error) : resolve())),
    );
  }

  close(): Promise<void> {
    return promisify(this.database.close.bind(this.database))();
  }
}

const BUSY_TIMEOUT_MS = 5_000;

const MODES = {
  read: sqlite3.OPEN_READONLY,
  write: sqlite3.OPEN_READWRITE,
  create: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
};

import { type SqlText } from '../sql/dialect.js';
import { type SqlConnection, type SqlValue } from '../sql/sql-connection.js';
import { type PgQuery, type PgResult } from './pg-types.js';
import { isOfAnotherSession } from './postgres-errors.js';
import { type Statements } from './statements.js';
import { withoutEscapedNul, withoutNul } from './without-nul.js';

/** What runs a query: a client that is held, or a pool that takes one for it. */
export type RunQuery = (query: PgQuery) => Promise<PgResult>;

/** {@link SqlConnection} over the npm package `pg`. */
export class PostgresSqlConnection implements SqlConnection {
  readonly dialect = 'postgres';
  readonly checksumSeed = 0;

  /** @param isAlone whether each statement stands for itself, on any connection: one of a transaction has undone what was before it. */
  constructor(
    private readonly query: RunQuery,
    private readonly statements: Statements,
    private readonly isAlone: boolean,
  ) {}

  get isPipelined(): boolean {
    return !this.isAlone;
  }

  async all<Row>(text: SqlText, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const { rows } = await this.ask(text, parameters);
    return rows as Row[];
  }

  async run(text: SqlText, parameters: readonly SqlValue[] = []): Promise<number> {
    return (await this.ask(text, parameters)).rowCount ?? 0;
  }

  /** What fails for its name alone is asked again without; a transaction is, by the write gate. */
  private async ask(text: SqlText, parameters: readonly SqlValue[]): Promise<PgResult> {
    try {
      return await this.query(this.bind(text, parameters));
    } catch (error) {
      if (!isOfAnotherSession(error)) throw error;
      this.statements.stopNaming();
      if (!this.isAlone) throw error;
      return this.query(this.bind(text, parameters));
    }
  }

  pragma<Row>(): Promise<Row[]> {
    return Promise.reject(new Error('PostgreSQL has no pragmas'));
  }

  /** Prepared statements go with their session. */
  release(): Promise<void> {
    return Promise.resolve();
  }

  /** What has no parameters, such as SAVEPOINT, is not worth preparing. */
  private bind(given: SqlText, parameters: readonly SqlValue[]): PgQuery {
    const { name, text, json } = this.statements.of(given);
    if (parameters.length === 0) return { text };
    const values = parameters.map((value, index) =>
      json.has(index + 1) ? withoutEscapedNul(value) : withoutNul(value),
    );
    return { text, values, ...(name !== undefined && { name }) };
  }
}

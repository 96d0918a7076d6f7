import { type QueryRunner } from 'typeorm';
import { type Connection, type ConnectionFault, type LockMode } from '../sql/connection.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { writeLock } from './advisory-locks.js';
import { type PgQuery, type PgResult } from './pg-types.js';
import { postgresFaultOf } from './postgres-errors.js';
import { PostgresSqlConnection, type RunQuery } from './postgres-sql-connection.js';
import { type Statements } from './statements.js';

export interface TransactionLimits {
  readonly schema: string;
  /** How long it waits for a lock, how long a statement runs, and how long it may lie idle, in milliseconds. */
  readonly timeoutMs: number;
}

/** One connection of the pool, held for a transaction of the write gate. */
export class PostgresConnection implements Connection {
  readonly sql: SqlConnection;
  private held: LockMode = 'none';
  private beginning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queryRunner: QueryRunner,
    statements: Statements,
    private readonly query: RunQuery,
    private readonly limits: TransactionLimits,
  ) {
    this.sql = new PostgresSqlConnection((query) => this.inTransaction(query), statements, false);
  }

  get manager(): Connection['manager'] {
    return this.queryRunner.manager;
  }

  get lock(): LockMode {
    return this.held;
  }

  /**
   * In one round trip, and that of the first statement: only {@link begun} waits for the answer. The limits are the
   * transaction's, and not the session's, which a pooler may give to others; a process that is stopped in the middle
   * loses its transaction, and with it the lock that the others wait for.
   *
   * READ COMMITTED whatever the role's default is: each statement must see what was committed while it waited for the
   * lock. Rejected: READ WRITE as well; where an administrator has made a server read only, its disk is full.
   */
  begin(lock: LockMode, mayBeLost = false): Promise<void> {
    const { schema, timeoutMs } = this.limits;
    const limits = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];
    const statements = [
      'BEGIN ISOLATION LEVEL READ COMMITTED',
      ...limits.map((name) => `SET LOCAL ${name} = ${Math.ceil(timeoutMs)}`),
      durability(lock, mayBeLost),
      writeLock(schema, lock),
    ];
    this.held = lock;
    this.beginning = this.query({ text: statements.filter((text) => text !== undefined).join('; ') });
    this.beginning.catch(ignore);
    return Promise.resolve();
  }

  async begun(): Promise<void> {
    await this.beginning;
  }

  /** @throws also when PostgreSQL answers ROLLBACK: a statement had failed, and its work did not say so. */
  async commit(): Promise<void> {
    const { command } = await this.inTransaction({ text: 'COMMIT' });
    if (command !== 'COMMIT') throw new RolledBackError('the transaction was rolled back');
  }

  async rollback(): Promise<boolean> {
    try {
      await this.query({ text: 'ROLLBACK' });
      return true;
    } catch {
      return false;
    }
  }

  /** Where the transaction could not begin, each of its statements fails for it. */
  private async inTransaction(query: PgQuery): Promise<PgResult> {
    const { beginning } = this;
    try {
      return await this.query(query);
    } catch (error) {
      await beginning;
      throw error;
    }
  }

  faultOf(error: unknown): ConnectionFault {
    return error instanceof RolledBackError ? 'busy' : postgresFaultOf(error);
  }
}

function ignore(): void {}

/** Nothing is wrong with the connection, and nothing was stored. */
class RolledBackError extends Error {}

/**
 * What loads brought need not have reached the disk when their callers are told: lost when the server crashes, it costs
 * a load. A drop must, also where the default of the role is `off`, or what it dropped would be back; other defaults
 * wait for the disk at least, and some for standbys as well.
 * @see https://www.postgresql.org/docs/current/wal-async-commit.html
 */
function durability(lock: LockMode, mayBeLost: boolean): string | undefined {
  if (mayBeLost) return 'SET LOCAL synchronous_commit = off';
  if (lock !== 'exclusive') return undefined;
  return `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`;
}

/** A connection that only reads, whatever its pool gives it. */
export function readingConnection(manager: Connection['manager'], sql: SqlConnection): Connection {
  const refuse = (): Promise<never> => Promise.reject(new Error('this connection only reads'));
  return {
    manager,
    sql,
    lock: 'none',
    begin: refuse,
    begun: refuse,
    commit: refuse,
    rollback: refuse,
    faultOf: postgresFaultOf,
  };
}

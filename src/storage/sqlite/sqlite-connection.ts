import { type EntityManager } from 'typeorm';
import { type Connection, type ConnectionFault } from '../sql/connection.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { beginImmediate } from './begin-immediate.js';
import { isBusy, isDiskFull, isFatal, sqliteCode } from './sqlite-errors.js';

/** One of the two connections to the file. */
export class SqliteConnection implements Connection {
  /** SQLite has one writer at a time. */
  readonly lock = 'exclusive';

  /** @param patienceMs how long a transaction waits for the write lock of another process. */
  constructor(
    readonly manager: EntityManager,
    readonly sql: SqlConnection,
    private readonly patienceMs: number,
  ) {}

  /** `BEGIN IMMEDIATE`: a deferred transaction that comes to write fails at once when another process writes. */
  begin(): Promise<void> {
    return beginImmediate(this.sql, this.patienceMs);
  }

  begun(): Promise<void> {
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    await this.sql.run('COMMIT');
  }

  /** SQLite may have rolled it back by itself when the disk was full; then there is none any more. */
  async rollback(): Promise<boolean> {
    try {
      await this.sql.run('ROLLBACK');
      return true;
    } catch (error) {
      return sqliteCode(error) === 'SQLITE_ERROR';
    }
  }

  faultOf(error: unknown): ConnectionFault {
    return sqliteFaultOf(error);
  }
}

/** A full disk does not lose the connection: what is stored can still be read. */
export function sqliteFaultOf(error: unknown): ConnectionFault {
  if (isBusy(error)) return 'busy';
  if (isDiskFull(error)) return 'disk full';
  return isFatal(error) ? 'lost' : undefined;
}

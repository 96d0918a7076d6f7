import { besideThisThread, type Pace, withinThisThread } from '../../common/batches.js';
import { type Clock } from '../../common/clock.js';
import { type ResolvedSqliteOptions } from '../../common/options.js';
import { type Connection, type ConnectionFault } from '../sql/connection.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { type DatabaseSizes, type Store, type StoreContext } from '../store.js';
import { type WriteGate } from '../writes/write-gate.js';
import { FileLifecycle } from './file-lifecycle.js';
import { IdleCheckpoint } from './idle-checkpoint.js';
import { reclaimSpace } from './reclaim.js';
import { sqliteFaultOf } from './sqlite-connection.js';
import { databaseFileSizes } from './sqlite-file.js';

/** A SQLite file with its two connections. */
export class SqliteStore implements Store {
  readonly lifecycle: FileLifecycle;
  readonly hasManyWriters = false;
  readonly pace: Pace;
  private readonly idleCheckpoint = new IdleCheckpoint(() => void this.checkpoint());

  constructor(
    private readonly options: ResolvedSqliteOptions,
    clock: Clock,
    private readonly context: StoreContext,
  ) {
    this.pace = options.type === 'better-sqlite3' ? withinThisThread : besideThisThread;
    this.lifecycle = new FileLifecycle(options, clock, () => context.settled());
  }

  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return work((await this.lifecycle.acquire()).writer);
  }

  discard(cause: unknown): Promise<void> {
    return this.lifecycle.discard(cause);
  }

  committed(): void {
    this.lifecycle.noteCommit();
    this.idleCheckpoint.touch();
  }

  diskFull(): void {
    this.lifecycle.noteDiskFull();
  }

  hasLostConnection(): boolean {
    return false;
  }

  faultOf(error: unknown): ConnectionFault {
    return sqliteFaultOf(error);
  }

  sizes(): Promise<DatabaseSizes> {
    return databaseFileSizes(this.options.path);
  }

  /** Gives free pages back to the file system in bounded steps and empties the write-ahead log. */
  async reclaim(gate: WriteGate): Promise<void> {
    await reclaimSpace(gate, (work) => this.betweenTransactions(work));
  }

  async rewrite(): Promise<void> {
    await this.betweenTransactions((sql) => sql.run('VACUUM'));
  }

  stop(): void {
    this.idleCheckpoint.stop();
  }

  private async betweenTransactions<T>(work: (sql: SqlConnection) => Promise<T>): Promise<T> {
    return this.context.lock.runExclusive(() => this.use(({ sql }) => work(sql)));
  }

  private async checkpoint(): Promise<void> {
    const connections = this.lifecycle.current;
    if (!connections) return;
    try {
      await this.betweenTransactions((sql) => sql.pragma('wal_checkpoint(PASSIVE)'));
    } catch (error) {
      if (sqliteFaultOf(error) === 'lost') await this.context.discard(connections, error);
    }
  }
}

import { besideThisThread } from '../../common/batches.js';
import { type Clock } from '../../common/clock.js';
import { StoreUnavailableError } from '../../common/errors.js';
import { type ResolvedPostgresOptions } from '../../common/options.js';
import { type Connection, type ConnectionFault, type DatabaseWork } from '../sql/connection.js';
import { type DatabaseSizes, type Store, type StoreContext } from '../store.js';
import { type WriteGate } from '../writes/write-gate.js';
import { PostgresConnector } from './connector.js';
import { foldSizes } from './fold-sizes.js';
import { PoolLifecycle } from './pool-lifecycle.js';
import { postgresFaultOf } from './postgres-errors.js';

/** After so many transactions of this process; each leaves a few rows for every company it touches. */
const FOLD_EVERY = 500;

/** A schema of a PostgreSQL server, which several processes of several machines may share. */
export class PostgresStore implements Store {
  readonly lifecycle: PoolLifecycle;
  readonly hasManyWriters = true;
  readonly pace = besideThisThread;
  private commits = 0;

  constructor(
    private readonly options: ResolvedPostgresOptions,
    clock: Clock,
    private readonly context: StoreContext,
  ) {
    const connector = new PostgresConnector(options);
    this.lifecycle = new PoolLifecycle(clock, connector, options.schema, () => context.settled());
  }

  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const pool = await this.lifecycle.acquire();
    const connection = await pool.connect().catch((error: unknown) => this.refuse(error));
    return connection.use(work);
  }

  discard(cause: unknown): Promise<void> {
    return this.lifecycle.discard(cause);
  }

  committed(): void {
    this.commits += 1;
    if (this.commits % FOLD_EVERY === 0) this.context.write(this.fold).catch(() => undefined);
  }

  diskFull(): void {}

  hasLostConnection(error: unknown): boolean {
    const { cause } = error as Partial<Error>;
    return this.lifecycle.state.kind === 'open' && postgresFaultOf(cause) === 'lost';
  }

  faultOf(error: unknown): ConnectionFault {
    return postgresFaultOf(error);
  }

  async sizes(): Promise<DatabaseSizes> {
    const { reader } = this.lifecycle.current ?? {};
    const [row] = (await reader?.sql.all<{ bytes: number }>(SIZE, [this.options.schema])) ?? [];
    return { databaseBytes: row?.bytes ?? 0 };
  }

  /** Space itself is given back by the server's autovacuum. */
  async reclaim(gate: WriteGate): Promise<void> {
    await gate.run(this.fold);
  }

  rewrite(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {}

  private readonly fold: DatabaseWork<void> = (_manager, sql) => foldSizes(sql, this.options.schema);

  /** @throws {StoreUnavailableError} always. */
  private async refuse(error: unknown): Promise<never> {
    if (postgresFaultOf(error) === 'lost') await this.lifecycle.discard(error);
    throw new StoreUnavailableError(this.lifecycle.reasonFor(error), { cause: error });
  }
}

/** With indexes and what lies in TOAST tables. */
const SIZE = `
  SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS bigint) AS bytes
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = ? AND c.relkind = 'r'`;

import { type DataSource, type QueryRunner } from 'typeorm';
import { inTime } from '../../common/in-time.js';
import { type ResolvedPostgresOptions } from '../../common/options.js';
import { entities } from '../entities/index.js';
import { type DatabaseConnector, type OpenDatabase } from '../lifecycle.js';
import { type Connection } from '../sql/connection.js';
import { buildPostgresDataSource, MIGRATIONS_TABLE, poolOf } from './data-source.js';
import { type PgClient, type PgPoolClient } from './pg-types.js';
import { leavingRoom, poolQueries } from './pool-queries.js';
import { PostgresConnection, readingConnection } from './postgres-connection.js';
import { PostgresSqlConnection, type RunQuery } from './postgres-sql-connection.js';
import { runPendingMigrations } from './run-migrations.js';
import { Statements } from './statements.js';
import { placeOf, unavailableReason } from './unavailable-reason.js';

/** An open pool. */
export interface PostgresPool extends OpenDatabase {
  readonly ahead: Connection;
  /** Takes a connection out of it. @throws when none is free in time, or none can be made. */
  connect(): Promise<HeldConnection>;
}

export interface HeldConnection {
  /** Runs the work and gives the connection back; one on which something went wrong is closed. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

/** A pool whose connections do not close by then is given up: its server hangs. */
const CLOSE_PATIENCE_MS = 1_000;

/** Opens and closes the pool, always over the same `DataSource`. */
export class PostgresConnector implements DatabaseConnector<PostgresPool> {
  readonly engine = 'PostgreSQL';
  private readonly source: DataSource | { fault: unknown };
  private readonly clients = new Set<PgClient>();
  private statements: Statements | undefined;

  constructor(private readonly options: ResolvedPostgresOptions) {
    this.source = build(options);
  }

  get place(): string {
    return placeOf(this.options);
  }

  get dataSource(): DataSource | null {
    return 'fault' in this.source ? null : this.source;
  }

  async open(): Promise<PostgresPool> {
    const { source } = this;
    if ('fault' in source) throw source.fault;
    try {
      await source.initialize();
      this.watch(source);
      await runPendingMigrations(source, this.options.schema, this.options.busyTimeoutMs);
      return await this.toPool(source);
    } catch (error) {
      await this.closeSource(source);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!('fault' in this.source)) await this.closeSource(this.source);
  }

  reasonFor(error: unknown): string {
    return unavailableReason(error, this.options);
  }

  private async toPool(source: DataSource): Promise<PostgresPool> {
    const { schema, preparedStatements } = this.options;
    this.statements ??= new Statements(schema, tablesOf(source), preparedStatements);
    const { statements } = this;
    const queries = poolQueries(poolOf(source));
    const readBy = (run: RunQuery): Connection =>
      readingConnection(source.manager, new PostgresSqlConnection(run, statements, true));
    const [reader, ahead] = [readBy(leavingRoom(queries, this.options.poolSize)), readBy(queries)];
    const [row] = await ahead.sql.all<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    return { reader, ahead, version: row!.version, connect: () => this.connect(source, statements) };
  }

  private async connect(source: DataSource, statements: Statements): Promise<HeldConnection> {
    const queryRunner = source.createQueryRunner();
    const client = (await queryRunner.connect()) as PgPoolClient;
    const queries: RunQuery = (query) => client.query(query);
    const limits = { schema: this.options.schema, timeoutMs: this.options.busyTimeoutMs };
    const connection = new PostgresConnection(queryRunner, statements, queries, limits);
    return { use: (work) => useOnce(queryRunner, client, () => work(connection)) };
  }

  /** So that those that do not close can be cut. */
  private watch(source: DataSource): void {
    const pool = poolOf(source);
    const add = (client: PgClient): void => void this.clients.add(client);
    pool.on('acquire', add);
    pool.on('remove', (client) => void this.clients.delete(client));
  }

  /** Never throws: connections that cannot be closed, because their server hangs, are cut. */
  private async closeSource(source: DataSource): Promise<void> {
    if (!source.isInitialized) return;
    try {
      await inTime(source.destroy(), CLOSE_PATIENCE_MS, () => new Error('late'));
    } catch {
      Object.assign(source, { isInitialized: false });
    }
    for (const client of this.clients) client.connection?.stream?.destroy();
    this.clients.clear();
  }
}

async function useOnce<T>(queryRunner: QueryRunner, client: PgClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await releaseBroken(queryRunner, error);
    client.connection?.stream?.destroy();
    throw error;
  } finally {
    await queryRunner.release();
  }
}

/** Told of an error, TypeORM takes the connection out of the pool; its types do not say so. */
async function releaseBroken(queryRunner: QueryRunner, error: unknown): Promise<void> {
  await (
    queryRunner as unknown as { releasePostgresConnection(error: unknown): Promise<void> }
  ).releasePostgresConnection(error);
}

function build(options: ResolvedPostgresOptions): DataSource | { fault: unknown } {
  try {
    return buildPostgresDataSource(options);
  } catch (fault) {
    return { fault };
  }
}

/** Those of the entities, and what has none. */
function tablesOf(source: DataSource): string[] {
  return [
    ...entities.map((entity) => source.getMetadata(entity).tableName),
    'cache_size_changes',
    MIGRATIONS_TABLE,
  ];
}

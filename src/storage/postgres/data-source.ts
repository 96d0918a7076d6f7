import { DataSource, type DataSourceOptions } from 'typeorm';
import { type ResolvedPostgresOptions } from '../../common/options.js';
import { typeOnPostgres } from '../columns.js';
import { entities } from '../entities/index.js';
import { CreateReportsCache1767484800000 } from './migrations/1767484800000-create-reports-cache.js';
import { RememberWarmUpRequests1767657600000 } from './migrations/1767657600000-remember-warm-up-requests.js';
import { RollUpTheLog1767744000000 } from './migrations/1767744000000-roll-up-the-log.js';
import { TellOfNews1767571200000 } from './migrations/1767571200000-tell-of-news.js';
import { driverParts } from './driver-parts.js';
import { greetServer } from './greet-server.js';
import { type PgPool, type PgPoolClient } from './pg-types.js';

/** In the schema of the cache. */
export const MIGRATIONS_TABLE = 'reports_cache_migrations';

/** How long one connection may take to be made, and how long a query waits for a free one, in milliseconds. */
const CONNECT_PATIENCE_MS = 2_000;

/** How much longer than the server's own limits we wait for its answer, in milliseconds: it may be on its way. */
const ANSWER_MARGIN_MS = 500;

/** A connection that nobody needs is closed after so long: instances at rest take little of the server. */
const IDLE_MS = 30_000;

/**
 * A pool of the cache's own, not yet opened, apart from any that the app has: neither can starve the other. It never
 * migrates by itself.
 * @throws {DriverPackageNotInstalledError} of TypeORM when the npm package `pg` cannot be loaded.
 */
export function buildPostgresDataSource(options: ResolvedPostgresOptions): DataSource {
  const dataSource = new DataSource(toDataSourceOptions(options));
  return withPortableTypes(dataSource);
}

/** The pool of an opened `DataSource`. */
export function poolOf(dataSource: DataSource): PgPool {
  return (dataSource.driver as unknown as { master: PgPool }).master;
}

function toDataSourceOptions(options: ResolvedPostgresOptions): DataSourceOptions {
  const { url, schema, ssl, poolSize, busyTimeoutMs } = options;
  return {
    type: 'postgres',
    url,
    schema,
    // Both mean options of `tls.connect()`; TypeORM's type knows only some of them.
    ...(ssl !== undefined && { ssl: ssl as boolean }),
    poolSize,
    connectTimeoutMS: CONNECT_PATIENCE_MS,
    applicationName: 'reports-cache',
    installExtensions: false,
    entities: [...entities],
    migrations: [
      CreateReportsCache1767484800000,
      TellOfNews1767571200000,
      RememberWarmUpRequests1767657600000,
      RollUpTheLog1767744000000,
    ],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
    // A connection at rest that the server ended; the next query opens another.
    poolErrorHandler: () => undefined,
    extra: {
      ...driverParts(),
      // Since 8.23; before, `pg` waits for each answer.
      pipeline: true,
      verify: (client: PgPoolClient, done: (error?: unknown) => void) =>
        void greetServer(client, busyTimeoutMs).then(() => done(), done),
      query_timeout: busyTimeoutMs + ANSWER_MARGIN_MS,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
      keepAlive: true,
    },
  };
}

/** The entities name their types as SQLite does; TypeORM asks its driver what each is called. */
function withPortableTypes(dataSource: DataSource): DataSource {
  const { driver } = dataSource;
  const normalizeType = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => typeOnPostgres(normalizeType(column));
  return dataSource;
}

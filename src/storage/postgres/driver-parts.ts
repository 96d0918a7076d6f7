import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { numbersAsNumbers, type PgClientType, type PgTypes } from './pg-types.js';

interface DriverParts {
  readonly types: PgTypes;
  readonly Client: PgClientType;
}

/** What a pool of ours takes otherwise than by default; nothing where the npm package `pg` is missing: TypeORM says so. */
export function driverParts(): Partial<DriverParts> {
  const pg = load();
  return pg === undefined ? {} : { types: numbersAsNumbers(pg.types), Client: listenedTo(pg.Client) };
}

/**
 * Connections whose errors somebody listens to from their making to their end. The pool listens to those at rest alone:
 * an error that comes just before or after they are used, such as that of `pg_terminate_backend`, would end the process.
 * What matters of it the query under way tells, or the next one.
 * @see https://node-postgres.com/apis/client#error
 */
function listenedTo(Client: PgClientType): PgClientType {
  return class extends Client {
    constructor(options: unknown) {
      super(options);
      this.on('error', () => undefined);
    }
  };
}

function load(): DriverParts | undefined {
  try {
    return PlatformTools.load('pg') as DriverParts;
  } catch {
    return undefined;
  }
}

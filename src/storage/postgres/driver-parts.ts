import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import {
  numbersAsNumbers,
  type PgClientType,
  type PgQuery,
  type PgResult,
  type PgTypes,
} from './pg-types.js';
import { withoutNul } from './without-nul.js';

interface DriverParts {
  readonly types: PgTypes;
  readonly Client: PgClientType;
}

/** What a pool of ours takes otherwise than by default; nothing where the npm package `pg` is missing: TypeORM says so. */
export function driverParts(): Partial<DriverParts> {
  const pg = load();
  return pg === undefined
    ? {}
    : { types: numbersAsNumbers(pg.types), Client: withoutNuls(listenedTo(pg.Client)) };
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

/** For TypeORM, which gives its values beside the text; our own statements are clean already. */
function withoutNuls(Client: PgClientType): PgClientType {
  return class extends Client {
    override query(query: PgQuery, values?: unknown[], ...others: unknown[]): Promise<PgResult> {
      return super.query(query, Array.isArray(values) ? values.map(withoutNul) : values, ...others);
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

import { oneLine } from './one-line.js';

/** Stable identifiers of everything this module throws; safe to switch over. */
export type ReportsCacheErrorCode =
  | 'INVALID_OPTIONS'
  | 'INVALID_ROUTE'
  | 'INVALID_ARGUMENT'
  | 'VALUE_NOT_CACHEABLE'
  | 'STORE_UNAVAILABLE'
  | 'STORE_TIMEOUT'
  | 'WRITE_QUEUE_FULL'
  | 'SOURCE_BUSY';

/** Base of every error of this module. Errors of a report's own source are never wrapped in one. */
export abstract class ReportsCacheError extends Error {
  abstract readonly code: ReportsCacheErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The options given to `forRoot` are wrong; `faults` lists every one of them, each naming its option. */
export class InvalidOptionsError extends ReportsCacheError {
  readonly code = 'INVALID_OPTIONS';

  /** @param module that was given them. */
  constructor(
    readonly faults: readonly string[],
    module = 'ReportsCacheModule',
  ) {
    super(`${module} options are invalid:\n${listed(faults)}`);
  }
}

/** A decorated route cannot be cached as declared; thrown when the app starts, with the route's name. */
export class InvalidRouteError extends ReportsCacheError {
  readonly code = 'INVALID_ROUTE';

  constructor(readonly faults: readonly string[]) {
    super(`Routes cannot be cached as declared:\n${listed(faults)}`);
  }
}

/** An argument of a service call is wrong; nothing was read or written. */
export class InvalidArgumentError extends ReportsCacheError {
  readonly code = 'INVALID_ARGUMENT';
}

/**
 * The value could not come back as it went in. `path` says where inside the value the fault sits, e.g.
 * `rows[3].render`, and may hold keys of it; `reason` says what is wrong there, without anything of the value.
 */
export class ValueNotCacheableError extends ReportsCacheError {
  readonly code = 'VALUE_NOT_CACHEABLE';

  constructor(
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The value cannot be cached: ${path === '' ? 'the value itself' : path} ${reason}`, options);
  }
}

/** The cache's database cannot be used now; `cause` holds the driver's error. */
export class StoreUnavailableError extends ReportsCacheError {
  readonly code = 'STORE_UNAVAILABLE';
}

/** The cache's database did not answer within `storeTimeout`. */
export class StoreTimeoutError extends ReportsCacheError {
  readonly code = 'STORE_TIMEOUT';

  constructor(milliseconds: number) {
    super(`The cache's database did not answer within ${milliseconds} ms`);
  }
}

/** Too many writes wait for the write gate; this one was not queued. */
export class WriteQueueFullError extends ReportsCacheError {
  readonly code = 'WRITE_QUEUE_FULL';

  constructor(limit: number) {
    super(`The write queue is full (${limit} writes wait); this write was not stored`);
  }
}

/** `sourceConcurrency` loads run and the queue behind them is full. Answered as 503 with Retry-After over HTTP. */
export class SourceBusyError extends ReportsCacheError {
  readonly code = 'SOURCE_BUSY';

  constructor(waiting: number) {
    super(`The report's source is busy: ${waiting} loads already wait for their turn`);
  }
}

/** A line for each, whatever the names of options hold that came from a file of settings. */
function listed(faults: readonly string[]): string {
  return faults.map((fault) => `  - ${oneLine(fault)}`).join('\n');
}

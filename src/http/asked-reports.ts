import type { Outcome } from '../cache/outcome.js';
import type { EntryName } from './cache-request.js';
import type { HttpRequest } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/** A request that the cache has answered, or whose answer it keeps. */
export interface AskedReport {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly entry: EntryName;
  readonly outcome: Outcome<unknown>;
}

/** Is told what users ask for. Called on every hit: it must neither wait nor throw. */
export abstract class AskedReports {
  abstract note(asked: AskedReport): void;
}

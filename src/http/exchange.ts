import type { CallHandler } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/** One request of a `@Cacheable()` route on its way through. */
export interface Exchange {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly next: CallHandler;
  /** Called when its answer is given: a handler that still runs finds that answer's headers on the response after it. */
  onAnswer: (() => void) | undefined;
}

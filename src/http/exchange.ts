import type { CallHandler } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/** A request of a `@Cacheable()` route. */
export interface Asked {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** One request of a `@Cacheable()` route on its way to its handler. */
export interface Exchange extends Asked {
  readonly next: CallHandler;
  /** Called when its answer is given: a handler that still runs finds that answer's headers on the response after it. */
  onAnswer: (() => void) | undefined;
}

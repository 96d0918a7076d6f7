import type { CallHandler } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/** One request of a `@Cacheable()` route on its way through. */
export interface Exchange {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly next: CallHandler;
  /** Its answer has been given: what runs now runs behind it, and finds that answer's headers on the response. */
  answered: boolean;
}

import type { CallHandler } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

/** One request of a `@Cacheable()` route on its way through. */
export interface Exchange {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly next: CallHandler;
}

import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { of, type Observable } from 'rxjs';
import { CacheableRoute } from './cacheable-route.js';
import { EvictingRoute } from './evicting-route.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import { Replays } from './replays.js';
import { RoutePlans } from './route-plans.js';

/** Requests that went through an interceptor already; Nest makes an instance for each place that binds the class. */
const seen = new WeakSet<HttpRequest>();

interface Parts {
  readonly plans: RoutePlans;
  readonly cacheable: CacheableRoute;
  readonly evicting: EvictingRoute;
  readonly replays: Replays;
}

/**
 * Answers `@Cacheable()` routes and empties the cache after `@CacheEvict()` routes. The module binds it globally and
 * outermost, so that what is kept is what is sent, after every other interceptor; binding it again does nothing.
 */
@Injectable()
export class ReportsCacheInterceptor implements NestInterceptor {
  private found: Parts | undefined;

  // Injected one by one, the parts would have to be known to every module that names this class in @UseInterceptors().
  constructor(private readonly moduleRef: ModuleRef) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const parts = this.parts();
    const { cacheable, evict } = parts.plans.of(context.getClass(), context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (cacheable !== undefined && isFirstVisit(request)) {
      const asked = { plan: cacheable, request, response: http.getResponse<HttpResponse>() };
      return parts.cacheable.handle(asked, next);
    }
    if (cacheable === undefined && parts.replays.turnAway(request)) return of(undefined);
    if (evict !== undefined && isFirstVisit(request)) return parts.evicting.handle(evict, request, next);
    return next.handle();
  }

  /**
   * The answer to a hit in memory, before any Observable is made; `undefined`: the request is to go through the chain.
   * @param args request and response first, as Nest hands them to interceptors.
   */
  answerAtOnce(
    controller: Type<unknown>,
    handler: (...args: unknown[]) => unknown,
    [request, response]: readonly unknown[],
  ): { readonly result: unknown } | undefined {
    const { cacheable, plans } = this.parts();
    const plan = plans.of(controller, handler).cacheable;
    return (
      plan &&
      cacheable.answerAtOnce({ plan, request: request as HttpRequest, response: response as HttpResponse })
    );
  }

  private parts(): Parts {
    return (this.found ??= {
      plans: this.moduleRef.get(RoutePlans, { strict: false }),
      cacheable: this.moduleRef.get(CacheableRoute, { strict: false }),
      evicting: this.moduleRef.get(EvictingRoute, { strict: false }),
      replays: this.moduleRef.get(Replays, { strict: false }),
    });
  }
}

function isFirstVisit(request: HttpRequest): boolean {
  if (seen.has(request)) return false;
  seen.add(request);
  return true;
}

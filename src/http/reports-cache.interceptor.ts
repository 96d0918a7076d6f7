import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CacheableRoute } from './cacheable-route.js';
import { EvictingRoute } from './evicting-route.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import { RoutePlans } from './route-plans.js';

/**
 * Answers `@Cacheable()` routes and empties the cache after `@CacheEvict()` routes. The module binds it globally and
 * outermost, so that what is kept is what is sent, after every other interceptor; binding it again does nothing.
 */
@Injectable()
export class ReportsCacheInterceptor implements NestInterceptor {
  private readonly seen = new WeakSet<HttpRequest>();

  constructor(
    private readonly plans: RoutePlans,
    private readonly cacheable: CacheableRoute,
    private readonly evicting: EvictingRoute,
  ) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const { cacheable, evict } = this.plans.of(context.getClass(), context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (cacheable !== undefined && this.isFirstVisit(request)) {
      return this.cacheable.handle(cacheable, request, http.getResponse<HttpResponse>(), next);
    }
    if (evict !== undefined && this.isFirstVisit(request)) return this.evicting.handle(evict, request, next);
    return next.handle();
  }

  private isFirstVisit(request: HttpRequest): boolean {
    if (this.seen.has(request)) return false;
    this.seen.add(request);
    return true;
  }
}

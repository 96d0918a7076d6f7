import { lastValueFrom } from 'rxjs';
import type { Loaded } from '../cache/fetch-request.js';
import { AbandonedLoad } from './abandoned-load.js';
import { atOnce } from './at-once.js';
import { whyNotStored } from './cacheability.js';
import { isClientError } from './client-error.js';
import type { Exchange } from './exchange.js';
import { RawAnswer, Refusal, type HandlerAnswer } from './handler-answer.js';
import { hideUndeclaredQuery } from './request-parts.js';
import type { ResponseCapture } from './response-capture.js';
import { watchResponse, type RouteResponse } from './route-response.js';
import type { RouteWarnings } from './route-warnings.js';

/** Runs the handler of a route and decides whether its answer may be kept. */
export class HandlerRunner {
  constructor(
    private readonly capture: ResponseCapture,
    private readonly warnings: RouteWarnings,
  ) {}

  /** @param isUserScoped whether only one user shares the answer. */
  async run(exchange: Exchange, isUserScoped: boolean): Promise<Loaded<HandlerAnswer>> {
    const { plan, request, next } = exchange;
    hideUndeclaredQuery(plan, request);
    const whatIsLeft = watchResponse(exchange);
    try {
      const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      return await this.toLoaded(exchange, result, whatIsLeft(), isUserScoped);
    } catch (error) {
      if (isClientError(error)) return { value: new Refusal(error), storable: false };
      throw request.socket?.destroyed === true ? new AbandonedLoad(request, error) : error;
    }
  }

  private async toLoaded(
    exchange: Exchange,
    result: unknown,
    left: RouteResponse,
    isUserScoped: boolean,
  ): Promise<Loaded<HandlerAnswer>> {
    const { plan, request, response } = exchange;
    const facts = {
      status: left.status,
      headers: left.ofRoute,
      cacheControl: left.present['cache-control'],
      isUserScoped,
      declaredHeaders: plan.headers,
    };
    if (whyNotStored(facts) !== undefined || this.isExcluded(exchange, result)) {
      return { value: new RawAnswer(result), storable: false };
    }
    const value = await this.capture.capture(result, response, left);
    // A handler may see that nobody will read the body, and make none: what HEAD brought must not answer a GET.
    return { value, storable: !(value instanceof RawAnswer) && request.method !== 'HEAD' };
  }

  private isExcluded({ plan, request }: Exchange, result: unknown): boolean {
    try {
      return plan.unless !== undefined && atOnce(plan.unless(result, request), 'unless');
    } catch (error) {
      this.warnings.optionFailed(plan.route, error);
      return true;
    }
  }
}

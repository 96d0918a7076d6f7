import { Inject, Injectable } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import type { StoredOutcome } from '../cache/outcome.js';
import { ShadowChecks } from '../cache/shadow-checks.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { Bypass } from './bypass.js';
import { readTags, type EntryName } from './cache-request.js';
import type { Asked, Exchange } from './exchange.js';
import { RawAnswer, type HandlerAnswer } from './handler-answer.js';
import { HttpDialects } from './http-dialects.js';
import { hideUndeclaredQuery } from './request-parts.js';
import { ResponseCapture } from './response-capture.js';
import { RouteWarnings } from './route-warnings.js';
import { muteHeaders, onceSent } from './sent-response.js';
import type { StoredResponse } from './stored-response.js';

/** Bodies are compared without a coding. */
const NEVER_COMPRESSED = Infinity;

/** Runs the handlers of some hits again, once their answers have left, to see whether they still say the same. */
@Injectable()
export class ShadowRun {
  private readonly capture: ResponseCapture;

  constructor(
    private readonly checks: ShadowChecks,
    private readonly dialects: HttpDialects,
    private readonly warnings: RouteWarnings,
    @Inject(REPORTS_CACHE_OPTIONS) { maxEntryBytes }: ResolvedOptions,
  ) {
    this.capture = new ResponseCapture(dialects, maxEntryBytes, NEVER_COMPRESSED);
  }

  /** Whether to check this request, should it be a hit. HEAD brings no body to compare. */
  draws({ plan, request }: Asked): boolean {
    return this.checks.draws() && plan.mayRunBehind && request.method === 'GET';
  }

  /** To be called before the answer is sent. Never throws: a hit is a hit, whatever becomes of its check. */
  follow(exchange: Exchange, entry: EntryName, found: StoredOutcome<HandlerAnswer>): void {
    try {
      this.schedule(exchange, entry, found);
    } catch (error) {
      const { route } = exchange.plan;
      if (error instanceof Bypass) this.warnings.bypassed(route, error.reason);
      else this.warnings.optionFailed(route, error);
    }
  }

  /** @throws what the route's own `tags` throws, and {@link Bypass} when they are none. */
  private schedule(exchange: Exchange, entry: EntryName, found: StoredOutcome<HandlerAnswer>): void {
    const { plan, request, response } = exchange;
    const { value } = found;
    if (!('body' in value)) return;
    const target = { ...entry, tags: readTags(plan, request) };
    const hit = { target, found: { ...found, value }, rerun: () => this.rerun(exchange), isSame };
    onceSent(response, () => void this.checks.check(hit));
  }

  private async rerun(exchange: Exchange): Promise<StoredResponse | undefined> {
    const { plan, request, response, next } = exchange;
    muteHeaders(response);
    hideUndeclaredQuery(plan, request);
    const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
    const answer = await this.asIfFirst(response, () =>
      this.capture.capture(result, response, { status: 200, present: {}, ofRoute: {} }),
    );
    return answer instanceof RawAnswer ? undefined : answer;
  }

  /** Fastify chooses a serializer by the status, which is that of a 304 where the client had the answer. */
  private asIfFirst<T>(response: Exchange['response'], make: () => T): T {
    const dialect = this.dialects.current();
    const { statusCode } = response;
    dialect.setStatus(response, 200);
    try {
      return make();
    } finally {
      dialect.setStatus(response, statusCode);
    }
  }
}

function isSame(stored: StoredResponse, fresh: StoredResponse): Promise<boolean> {
  return stored.body.hasSameBytes(fresh.body);
}

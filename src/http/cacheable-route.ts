import { Inject, Injectable, type CallHandler } from '@nestjs/common';
import { lastValueFrom, of, type Observable } from 'rxjs';
import type { Loaded } from '../cache/fetch-request.js';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import type { Selectable } from '../common/entry-selector.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { Bypass, toTarget } from './cache-request.js';
import { describeBypass, describeOutcome } from './cache-status.js';
import { whyNotStored } from './cacheability.js';
import { RawAnswer, type HandlerAnswer } from './handler-answer.js';
import { HttpDialects } from './http-dialects.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import { readUsername } from './identity.js';
import { RequestRecorder } from './request-recorder.js';
import { hideUndeclaredQuery } from './request-parts.js';
import { captureAnswer } from './response-capture.js';
import { headersSince, snapshotHeaders } from './response-headers.js';
import { ResponseWriter } from './response-writer.js';
import type { CacheablePlan } from './route-plan.js';
import { RouteWarnings } from './route-warnings.js';
import { toHttpError } from './source-busy.js';
import { StoredResponseCodec } from './stored-response.codec.js';

/** One request of a `@Cacheable()` route on its way through. */
interface Exchange {
  readonly plan: CacheablePlan;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly next: CallHandler;
}

/** Answers `@Cacheable()` routes: from the cache, or by their handler, whose answer is then kept. */
@Injectable()
export class CacheableRoute {
  private readonly codec = new StoredResponseCodec();

  constructor(
    private readonly cache: ReportCache,
    private readonly users: UserCacheSettingsService,
    private readonly recorder: RequestRecorder,
    private readonly writer: ResponseWriter,
    private readonly dialects: HttpDialects,
    private readonly warnings: RouteWarnings,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  async handle(
    plan: CacheablePlan,
    request: HttpRequest,
    response: HttpResponse,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const exchange = { plan, request, response, next };
    const startedAt = this.clock.elapsed();
    let username: string | undefined;
    let target: Selectable;
    try {
      username = readUsername(this.options.identify, request);
      target = await this.admit(plan, request, username);
    } catch (error) {
      return this.bypass(exchange, error);
    }
    return of(await this.answer(exchange, target, username, startedAt));
  }

  /** @throws {Bypass} when this request is none of the cache's. */
  private async admit(
    plan: CacheablePlan,
    request: HttpRequest,
    username: string | undefined,
  ): Promise<Selectable> {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Bypass('method');
    if (!plan.condition(request)) throw new Bypass('condition');
    const target = toTarget(plan, request, username);
    if (username !== undefined && !(await this.users.isEnabled(username))) throw new Bypass('user-off');
    return target;
  }

  /** Errors of the decorator's own functions bypass as well: a broken cache never breaks a report. */
  private bypass({ plan, response, next }: Exchange, error: unknown): Observable<unknown> {
    const reason = error instanceof Bypass ? error.reason : 'option-failed';
    if (error instanceof Bypass) this.warnings.bypassed(plan.route, error.reason);
    else this.warnings.optionFailed(plan.route, error);
    this.writer.writeVerdict(response, describeBypass(reason));
    return next.handle();
  }

  private async answer(
    exchange: Exchange,
    target: Selectable,
    username: string | undefined,
    startedAt: number,
  ): Promise<unknown> {
    const { plan, request, response } = exchange;
    const policy = { ttlMs: plan.ttlMs ?? this.options.ttlMs, graceMs: plan.graceMs };
    const load = (): Promise<Loaded<HandlerAnswer>> => this.runHandler(exchange, target);
    const outcome = await this.cache
      .fetch({ target, policy, codec: this.codec, load })
      .catch((error: unknown) => Promise.reject(toHttpError(error, this.writer, response)));
    const now = this.clock.now();
    this.writer.writeVerdict(response, describeOutcome(outcome, now));
    this.recorder.record(target, username ?? null, outcome, this.clock.elapsed() - startedAt);
    if (outcome.value instanceof RawAnswer) return outcome.value.result;
    const ageMs = outcome.status === 'miss' ? undefined : now - outcome.createdAt;
    return this.writer.write(request, response, outcome.value, { ageMs, vary: plan.headers });
  }

  private async runHandler(
    { plan, request, response, next }: Exchange,
    target: Selectable,
  ): Promise<Loaded<HandlerAnswer>> {
    hideUndeclaredQuery(plan, request);
    const before = snapshotHeaders(response);
    const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
    const headers = headersSince(before, response);
    const facts = {
      status: response.statusCode,
      headers,
      isUserScoped: target.username !== null,
      declaredHeaders: plan.headers,
    };
    if (whyNotStored(facts) !== undefined || plan.unless?.(result, request) === true) {
      return { value: new RawAnswer(result), storable: false };
    }
    const dialect = this.dialects.current();
    const answer = await captureAnswer(result, response, headers, dialect, this.options.maxEntryBytes);
    return { value: answer, storable: !(answer instanceof RawAnswer) };
  }
}

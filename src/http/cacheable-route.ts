import { Inject, Injectable, type CallHandler } from '@nestjs/common';
import { of, type Observable } from 'rxjs';
import type { FetchRequest } from '../cache/fetch-request.js';
import type { Outcome } from '../cache/outcome.js';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import type { Selectable } from '../common/entry-selector.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { AbandonedLoad } from './abandoned-load.js';
import { atOnce } from './at-once.js';
import { Bypass } from './bypass.js';
import { toTarget } from './cache-request.js';
import { describeBypass, describeOutcome } from './cache-status.js';
import type { Exchange } from './exchange.js';
import { RawAnswer, Refusal, type HandlerAnswer } from './handler-answer.js';
import { HandlerRunner } from './handler-runner.js';
import { HttpDialects } from './http-dialects.js';
import type { HttpRequest, HttpResponse } from './http-types.js';
import { readUsername } from './identity.js';
import { hasBody } from './request-body.js';
import { RequestRecorder } from './request-recorder.js';
import { ResponseWriter } from './response-writer.js';
import type { CacheablePlan } from './route-plan.js';
import { RouteWarnings } from './route-warnings.js';
import { toHttpError } from './source-busy.js';
import { StoredResponseCodec } from './stored-response.codec.js';

/** Answers `@Cacheable()` routes: from the cache, or by their handler, whose answer is then kept. */
@Injectable()
export class CacheableRoute {
  private readonly codec = new StoredResponseCodec();
  private readonly runner: HandlerRunner;

  constructor(
    private readonly cache: ReportCache,
    private readonly users: UserCacheSettingsService,
    private readonly recorder: RequestRecorder,
    private readonly writer: ResponseWriter,
    dialects: HttpDialects,
    private readonly warnings: RouteWarnings,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {
    this.runner = new HandlerRunner(dialects, warnings, options.maxEntryBytes);
  }

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
    if (hasBody(request)) throw new Bypass('body');
    if (!atOnce(plan.condition(request), 'condition')) throw new Bypass('condition');
    const target = toTarget(plan, request, username);
    if (username !== undefined && !(await this.users.isEnabled(username))) throw new Bypass('user-off');
    return target;
  }

  /** Errors of the app's own functions bypass as well: a broken cache never breaks a report. */
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
    const load = () => this.runner.run(exchange, target.username !== null);
    const outcome = await this.fetch(exchange, { target, policy, codec: this.codec, load });
    const { value } = outcome;
    if (value instanceof Refusal) throw value.error;
    const now = this.clock.now();
    this.writer.writeVerdict(response, describeOutcome(outcome, now));
    this.recorder.record(target, username ?? null, outcome, this.clock.elapsed() - startedAt);
    if (value instanceof RawAnswer) return value.result;
    const ageMs = outcome.status === 'miss' ? undefined : now - outcome.createdAt;
    return this.writer.write(request, response, value, { ageMs, vary: plan.headers });
  }

  private async fetch(
    exchange: Exchange,
    fetchRequest: FetchRequest<HandlerAnswer>,
  ): Promise<Outcome<HandlerAnswer>> {
    const { request, response } = exchange;
    try {
      return await this.cache.fetch(fetchRequest);
    } catch (error) {
      if (!(error instanceof AbandonedLoad)) throw toHttpError(error, this.writer, response);
      if (error.request === request) throw error.cause;
      return this.fetch(exchange, fetchRequest);
    }
  }
}

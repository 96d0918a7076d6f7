import { Inject, Injectable, type CallHandler } from '@nestjs/common';
import { of, type Observable } from 'rxjs';
import type { FetchRequest, Loaded } from '../cache/fetch-request.js';
import type { Outcome, StoredOutcome } from '../cache/outcome.js';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import type { ResolvedOptions } from '../common/options.js';
import type { RuntimePolicy } from '../common/runtime-policy.js';
import { REPORTS_CACHE_CLOCK, REPORTS_CACHE_OPTIONS, RUNTIME_POLICY } from '../common/tokens.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { AbandonedLoad } from './abandoned-load.js';
import { atOnce } from './at-once.js';
import { Bypass } from './bypass.js';
import { readTags, toEntryName } from './cache-request.js';
import { describeBypass, describeOutcome } from './cache-status.js';
import { toPolicy, untilLoaded } from './entry-policy.js';
import type { Asked, Exchange } from './exchange.js';
import { wantsRefresh } from './forced-refresh.js';
import { RawAnswer, Refusal, type HandlerAnswer } from './handler-answer.js';
import { HandlerRunner } from './handler-runner.js';
import { HttpDialects } from './http-dialects.js';
import type { HttpRequest } from './http-types.js';
import { readUsername } from './identity.js';
import { hasBody } from './request-body.js';
import { Replays } from './replays.js';
import { ResponseCapture } from './response-capture.js';
import { ResponseWriter } from './response-writer.js';
import { RouteWarnings } from './route-warnings.js';
import { canSendAtOnce } from './selected-form.js';
import { ShadowRun } from './shadow-run.js';
import { toHttpError } from './source-busy.js';
import type { StoredBody } from './stored-body.js';
import { StoredResponseCodec } from './stored-response.codec.js';
import type { StoredResponse } from './stored-response.js';
import { VisitLog } from './visit-log.js';
import type { Visit } from './visit.js';

/** Answers `@Cacheable()` routes: from the cache, or by their handler, whose answer is then kept. */
@Injectable()
export class CacheableRoute {
  private readonly codec: StoredResponseCodec;
  private readonly runner: HandlerRunner;
  /** Of requests that {@link answerAtOnce} passed on: the app's own functions are asked once a request. */
  private readonly admissions = new WeakMap<HttpRequest, Admission>();

  constructor(
    private readonly cache: ReportCache,
    private readonly users: UserCacheSettingsService,
    private readonly visits: VisitLog,
    private readonly replays: Replays,
    private readonly writer: ResponseWriter,
    dialects: HttpDialects,
    private readonly warnings: RouteWarnings,
    private readonly shadow: ShadowRun,
    @Inject(RUNTIME_POLICY) private readonly runtime: RuntimePolicy,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {
    const { maxEntryBytes, compression } = options;
    this.codec = new StoredResponseCodec(compression !== false);
    const compressFrom = compression === false ? Infinity : compression.minBytes;
    this.runner = new HandlerRunner(new ResponseCapture(dialects, maxEntryBytes, compressFrom), warnings);
  }

  /** What a hit in memory answers; `undefined` for every other request, which {@link handle} then takes care of. */
  answerAtOnce(asked: Asked): { readonly result: unknown } | undefined {
    const admission = this.lookAt(asked);
    if ('visit' in admission && !admission.visit.isShadowed && isReady(asked, admission.found))
      return { result: this.answer(admission.visit, admission.found) };
    this.admissions.set(asked.request, admission);
    return undefined;
  }

  handle(asked: Asked, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const exchange: Exchange = { ...asked, next, onAnswer: undefined };
    const admission = this.admissions.get(asked.request) ?? this.lookAt(asked);
    this.admissions.delete(asked.request);
    if ('error' in admission) return this.bypass(exchange, admission.error);
    const { visit, found } = admission;
    if (found !== undefined) return this.respond(exchange, visit, found);
    try {
      return this.load(exchange, visit, this.toFetchRequest(exchange, visit));
    } catch (error) {
      return this.bypass(exchange, error);
    }
  }

  /** What memory has is looked up without a promise: it would cost a hit more than finding the entry did. */
  private lookAt(asked: Asked): Admission {
    try {
      const visit = this.admit(asked);
      return { visit, found: this.hitAtOnce(visit) };
    } catch (error) {
      return { error };
    }
  }

  /** @throws {Bypass} when this request is none of the cache's. */
  private admit(asked: Asked): Visit {
    const startedAt = this.clock.elapsed();
    const { plan, request } = asked;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Bypass('method');
    if (hasBody(request)) throw new Bypass('body');
    if (!this.runtime.isOn(plan.type)) throw new Bypass('cache-off');
    if (!atOnce(plan.condition(request), 'condition')) throw new Bypass('condition');
    const username = readUsername(this.options.identify, request);
    const entry = toEntryName(plan, request, username);
    this.replays.check(request, entry.key);
    if (username !== undefined && !this.users.isEnabledNow(username)) throw new Bypass('user-off');
    return {
      asked,
      username,
      entry,
      wantsRefresh: wantsRefresh(this.options.refresh, request),
      // Decided here, for a hit that is to be checked must go through the chain, which has its handler.
      isShadowed: !this.replays.has(request) && this.shadow.draws(asked),
      startedAt,
    };
  }

  /** Not when the source is wanted, nor where a hit may set off a refresh behind itself. */
  private hitAtOnce({ wantsRefresh, asked, entry }: Visit): StoredOutcome<HandlerAnswer> | undefined {
    const mayAnswer = !wantsRefresh && asked.plan.earlyRefresh === undefined;
    return mayAnswer ? this.cache.hit(entry.key, this.codec) : undefined;
  }

  /** What a hit in memory does not need. @throws {Bypass} when the route's functions for it return nothing of use. */
  private toFetchRequest(exchange: Exchange, visit: Visit): FetchRequest<HandlerAnswer> {
    const { plan, request } = exchange;
    const policy = toPolicy(plan, request, this.runtime, this.options.ttlMs);
    return {
      target: { ...visit.entry, tags: readTags(plan, request) },
      policy: this.replays.has(request) ? untilLoaded(policy) : policy,
      codec: this.codec,
      load: () => this.run(exchange, visit),
    };
  }

  /** An interceptor that names the user only now has made an answer for somebody whom the key does not name. */
  private async run(exchange: Exchange, { entry, username }: Visit): Promise<Loaded<HandlerAnswer>> {
    const loaded = await this.runner.run(exchange, entry.username !== null);
    const isSameUser = readUsername(this.options.identify, exchange.request) === username;
    return { ...loaded, storable: loaded.storable && isSameUser };
  }

  /** Errors of the app's own functions bypass as well: a broken cache never breaks a report. */
  private bypass(exchange: Exchange, error: unknown): Observable<unknown> {
    const { plan, request, response, next } = exchange;
    if (this.replays.turnAway(request)) return of(undefined);
    const reason = error instanceof Bypass ? error.reason : 'option-failed';
    if (error instanceof Bypass) this.warnings.bypassed(plan.route, error.reason);
    else this.warnings.optionFailed(plan.route, error);
    this.visits.bypassed(plan, reason);
    this.writer.writeVerdict(response, describeBypass(reason));
    return next.handle();
  }

  private async load(
    exchange: Exchange,
    visit: Visit,
    fetchRequest: FetchRequest<HandlerAnswer>,
  ): Promise<Observable<unknown>> {
    const outcome = await this.fetch(visit, fetchRequest).catch((error: unknown) => this.fail(visit, error));
    exchange.onAnswer?.();
    return this.respond(exchange, visit, outcome);
  }

  /** @throws the error. */
  private fail(visit: Visit, error: unknown): never {
    this.visits.failed(visit, this.clock.elapsed() - visit.startedAt);
    throw error;
  }

  private async fetch(
    visit: Visit,
    fetchRequest: FetchRequest<HandlerAnswer>,
  ): Promise<Outcome<HandlerAnswer>> {
    const { asked, wantsRefresh } = visit;
    const { refresh } = this.options;
    try {
      return wantsRefresh && refresh !== undefined
        ? await this.cache.refresh(fetchRequest, refresh.minAgeMs)
        : await this.cache.fetch(fetchRequest);
    } catch (error) {
      if (!(error instanceof AbandonedLoad)) throw toHttpError(error, this.writer, asked.response);
      if (error.request === asked.request) throw error.cause;
      return this.fetch(visit, fetchRequest);
    }
  }

  private respond(
    exchange: Exchange,
    visit: Visit,
    outcome: Outcome<HandlerAnswer>,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const { value } = outcome;
    if (visit.isShadowed && outcome.status === 'hit') this.shadow.follow(exchange, visit.entry, outcome);
    return 'body' in value && !canSendAtOnce(exchange.request, value)
      ? this.respondUnpacked(exchange, visit, outcome, value.body)
      : of(this.answer(visit, outcome));
  }

  /** A body that cannot be unpacked is as good as damaged: its entry goes, and the request starts anew. */
  private async respondUnpacked(
    exchange: Exchange,
    visit: Visit,
    outcome: Outcome<HandlerAnswer>,
    body: StoredBody,
  ): Promise<Observable<unknown>> {
    try {
      await body.unpack();
    } catch {
      await this.cache.invalidate({ key: visit.entry.key }, 'damaged');
      return this.handle(exchange, exchange.next);
    }
    return of(this.answer(visit, outcome));
  }

  /** @returns what the interceptor returns for Nest to send. */
  private answer(visit: Visit, outcome: Outcome<HandlerAnswer>): unknown {
    const { asked, startedAt } = visit;
    const { plan, request, response } = asked;
    const { value } = outcome;
    if (value instanceof Refusal) {
      this.visits.refused(visit);
      throw value.error;
    }
    const now = this.clock.now();
    this.writer.writeVerdict(response, describeOutcome(outcome, now));
    this.visits.answered(visit, outcome, this.clock.elapsed() - startedAt);
    if (value instanceof RawAnswer) return value.result;
    const ageMs = outcome.status === 'miss' ? undefined : now - outcome.createdAt;
    return this.writer.write(request, response, value, { ageMs, vary: plan.headers });
  }
}

/** A request that the cache takes care of, and what memory has for it; or why it takes none. */
type Admission =
  | { readonly visit: Visit; readonly found: StoredOutcome<HandlerAnswer> | undefined }
  | { readonly error: unknown };

function isReady(
  { request }: Asked,
  found: StoredOutcome<HandlerAnswer> | undefined,
): found is StoredOutcome<StoredResponse> {
  return found !== undefined && 'body' in found.value && canSendAtOnce(request, found.value);
}

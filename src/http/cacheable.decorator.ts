import type { CompanyId } from '../common/company-id.js';
import type { Duration } from '../common/duration.js';

/** A function of the request. Its parameter may be typed as the request of the app's adapter. */
// `any` lets `(request: Request) => …` fit without a cast in every controller; the value itself is validated.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type FromRequest<T> = (request: any) => T;

/** Who may share an entry: one user, one company, everybody, or all who have the same fingerprint of rights. */
export type CacheScope = 'user' | 'company' | 'global' | FromRequest<string | undefined>;

export interface CacheableOptions {
  /** The kind of report, 1 to 200 characters. Default: `Controller.handler`. */
  type?: string;
  /**
   * How long the answer is fresh, or a function that says so for a request (a closed period lives long). Default: the
   * module's `ttl`. `cache.ttl.<type>` in `CacheConfigService` goes before both.
   */
  ttl?: Duration | FromRequest<Duration>;
  /**
   * The company the report is about; drops with `clearByCompany` and its watermark. Default: the route parameter,
   * else the query parameter, `companyId`; a number in another spelling than its own (`01`, `1.0`) then bypasses the
   * cache. No pipe has run yet: return the company as the handler will understand it.
   */
  company?: FromRequest<CompanyId | null | undefined>;
  /**
   * Who may share the answer. Default: `'user'` when the request is authenticated, `'global'` when it carries no
   * credentials at all; one that carries credentials and names no user goes past the cache. `'company'` shares it
   * among all who pass the route's guards for that company: the guard must check it. A function returns a fingerprint
   * of rights; `undefined` bypasses the cache. A scope wider than the rights shows one user's report to another.
   */
  scope?: CacheScope;
  /**
   * The query parameters that make the answer; `companyId` and the parameters of the route always do. Default: all.
   * One that is not listed neither splits an entry nor reaches the handler: it is taken out of `request.query`, but
   * not out of `request.url`.
   */
  params?: readonly string[];
  /**
   * Request headers that make the answer; they are part of the key and named in `Vary`. Those that the handler takes
   * by `@Headers('name')` are added. Default: none; a header read by other means must be listed, or one caller's answer
   * goes to another.
   */
  headers?: readonly string[];
  /** For `clearByTag` and `@CacheEvict`, and `changedTags` of a watermark: with a tag forgotten, those leave old figures. Default: none. */
  tags?: readonly string[] | FromRequest<readonly string[]>;
  /**
   * How long past its TTL the answer may still go out, marked `STALE`, when the source fails or is slow; a client
   * error (4xx) is no failure. Never after an invalidation; after a change that nothing told of, old figures go out for
   * so much longer. Default: not at all.
   */
  grace?: Duration;
  /**
   * How long a source is waited for while there is an answer in its grace; that one then goes out, and the handler
   * goes on behind it. Not for a handler that takes `@Res()`. Default: until the source is done.
   */
  softTimeout?: Duration;
  /**
   * Lets a hit near its expiry refresh the entry behind itself, so that nobody waits at the expiry: XFetch's β, above
   * 1 earlier, below 1 later. Not for a handler that takes `@Res()`. Default: never.
   */
  earlyRefresh?: number;
  /** Shortens each TTL by a random share of up to this, 0 to 1, so that what was filled together does not expire together. Default: not at all. */
  jitter?: number;
  /** Whether to look in the cache at all for this request. Default: yes. */
  condition?: FromRequest<boolean>;
  /** Given what the handler returned: `true` keeps it out of the cache. Default: never. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  unless?: (result: any, request: any) => boolean;
}

/** A decorator for a class or a method. */
export type ClassOrMethodDecorator = (
  target: object,
  key?: string | symbol,
  descriptor?: PropertyDescriptor,
) => void;

const CACHEABLE = Symbol.for('nestjs-reports-cache:cacheable');

/**
 * Keeps the answers of a GET route, or of every GET route of a controller. Guards run on every request, also on a
 * hit; pipes and other interceptors do not, so whoever may not see a report must be stopped by a guard. Only what the handler answers with status 200, without `Set-Cookie` and without
 * `Cache-Control: no-store` is kept; errors never are. HEAD is answered from what GET brought; a GET with a body goes
 * past the cache.
 *
 * The functions among the options see the request before its pipes, and must answer at once: one that throws or
 * returns a promise lets the request go past the cache, with one warning.
 *
 * A route that writes to `@Res()` itself, an `@Sse()`, `@Render()` or `@Redirect()` route and a route of another
 * method are refused when the app starts ({@link InvalidRouteError}).
 */
export function Cacheable(options: CacheableOptions = {}): ClassOrMethodDecorator {
  return (target, _key, descriptor) => {
    Reflect.defineMetadata(CACHEABLE, options, (descriptor?.value as object | undefined) ?? target);
  };
}

/** @internal */
export function readCacheable(target: object): CacheableOptions | undefined {
  return Reflect.getMetadata(CACHEABLE, target) as CacheableOptions | undefined;
}

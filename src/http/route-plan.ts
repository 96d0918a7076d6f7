import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { parseDuration } from '../common/duration.js';
import type { CacheEvictOptions } from './cache-evict.decorator.js';
import { readCacheEvict } from './cache-evict.decorator.js';
import {
  readCacheable,
  type CacheableOptions,
  type CacheScope,
  type FromRequest,
} from './cacheable.decorator.js';
import { findUncacheableTraits } from './handler-traits.js';
import { isNoCache } from './no-cache.decorator.js';
import type { Route } from './route.js';

/** What the decorators of one route say, checked and with defaults filled in. */
export interface RoutePlan {
  /** `Controller.handler`, for messages. */
  readonly route: string;
  readonly cacheable: CacheablePlan | undefined;
  readonly evict: EvictPlan | undefined;
}

export interface CacheablePlan {
  readonly route: string;
  readonly type: string;
  /** Milliseconds; `undefined`: the module's default. */
  readonly ttlMs: number | undefined;
  readonly graceMs: number;
  readonly company: FromRequest<unknown>;
  readonly scope: CacheScope | undefined;
  readonly params: readonly string[] | undefined;
  /** In lower case, sorted. */
  readonly headers: readonly string[];
  readonly tags: FromRequest<readonly string[]>;
  readonly condition: FromRequest<boolean>;
  readonly unless: ((result: unknown, request: unknown) => boolean) | undefined;
}

export interface EvictPlan {
  readonly route: string;
  readonly type: string | undefined;
  readonly company: FromRequest<unknown> | undefined;
  readonly tags: FromRequest<readonly string[]> | undefined;
}

/** Reads the decorators of a route. `faults` names everything that is wrong with them, with the route's name. */
export function planRoute(route: Route): { plan: RoutePlan; faults: readonly string[] } {
  const name = `${route.controller.name}.${route.methodName}`;
  const options = readCacheableOptions(route);
  const evict = readCacheEvict(route.handler);
  const faults = [
    ...(options === undefined ? [] : [...checkCacheable(options), ...findUncacheableTraits(route)]),
    ...(evict === undefined ? [] : checkEvict(evict)),
    ...(options === undefined || evict === undefined
      ? []
      : ['@Cacheable and @CacheEvict exclude each other']),
  ].map((fault) => `${name}: ${fault}`);
  const plan = {
    route: name,
    cacheable: options && faults.length === 0 ? toCacheablePlan(name, options) : undefined,
    evict: evict && faults.length === 0 ? toEvictPlan(name, evict) : undefined,
  };
  return { plan, faults };
}

/** A method's own decorator counts before its controller's, which covers GET routes only. */
function readCacheableOptions({ controller, handler }: Route): CacheableOptions | undefined {
  if (isNoCache(handler)) return undefined;
  const own = readCacheable(handler);
  if (own !== undefined) return own;
  return Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET
    ? readCacheable(controller)
    : undefined;
}

function checkCacheable(options: CacheableOptions): string[] {
  const { type, ttl, company, scope, params, headers, tags, grace, condition, unless } = options;
  return [
    ...checkType(type),
    ...(ttl === undefined || parseDuration(ttl) !== undefined ? [] : [notADuration('ttl', ttl)]),
    ...(grace === undefined || parseDuration(grace) !== undefined ? [] : [notADuration('grace', grace)]),
    ...mustBeFunction({ company, condition, unless }),
    ...(isScope(scope) ? [] : [`scope must be 'user', 'company', 'global' or a function`]),
    ...(params === undefined || isTextList(params) ? [] : ['params must be a list of parameter names']),
    ...(headers === undefined || isTextList(headers) ? [] : ['headers must be a list of header names']),
    ...checkTags(tags),
  ];
}

function checkEvict({ type, company, tags }: CacheEvictOptions): string[] {
  return [...checkType(type), ...mustBeFunction({ company }), ...checkTags(tags)];
}

function checkType(type: unknown): string[] {
  const valid =
    type === undefined || (typeof type === 'string' && type.trim().length > 0 && type.length <= 200);
  return valid ? [] : ['type must be a text of 1 to 200 characters'];
}

function checkTags(tags: unknown): string[] {
  const valid = tags === undefined || typeof tags === 'function' || isTextList(tags);
  return valid ? [] : ['tags must be a list of texts, or a function that returns one'];
}

function mustBeFunction(options: Record<string, unknown>): string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && typeof value !== 'function')
    .map(([name]) => `${name} must be a function of the request`);
}

function notADuration(option: string, value: unknown): string {
  return `${option} must be a duration above zero, such as '15m' or 900000, not ${JSON.stringify(value) ?? String(value)}`;
}

function isScope(scope: unknown): boolean {
  return (
    scope === undefined ||
    typeof scope === 'function' ||
    ['user', 'company', 'global'].includes(scope as string)
  );
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item.length > 0);
}

function toCacheablePlan(route: string, options: CacheableOptions): CacheablePlan {
  return {
    route,
    type: options.type ?? route,
    ttlMs: parseDuration(options.ttl),
    graceMs: parseDuration(options.grace) ?? 0,
    company: options.company ?? companyIdParameter,
    scope: options.scope,
    params: options.params,
    headers: (options.headers ?? []).map((header) => header.toLowerCase()).sort(),
    tags: toTagReader(options.tags) ?? (() => []),
    condition: options.condition ?? (() => true),
    unless: options.unless,
  };
}

function toEvictPlan(route: string, { type, company, tags }: CacheEvictOptions): EvictPlan {
  return { route, type, company, tags: toTagReader(tags) };
}

function toTagReader(tags: CacheableOptions['tags']): FromRequest<readonly string[]> | undefined {
  return tags === undefined || typeof tags === 'function' ? tags : () => tags;
}

function companyIdParameter(request: {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
}): unknown {
  return request.params?.['companyId'] ?? request.query?.['companyId'];
}

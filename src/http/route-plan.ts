import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { parseDuration } from '../common/duration.js';
import { readCacheEvict, type CacheEvictOptions } from './cache-evict.decorator.js';
import {
  readCacheable,
  type CacheableOptions,
  type CacheScope,
  type FromRequest,
} from './cacheable.decorator.js';
import { findCacheableFaults, findEvictFaults } from './decorator-faults.js';
import { findBackgroundTraits, findUncacheableTraits, findUnevictableTraits } from './handler-traits.js';
import { isNoCache } from './no-cache.decorator.js';
import { readDecoratedHeaders, readHeaderArguments, readVersion } from './route-metadata.js';
import type { Route } from './route.js';

/** Raised when what a key means changes: entries of an older version are then never found again. */
const KEY_VERSION = 1;

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
  /** What the keys of all its requests begin with. */
  readonly keyHead: string;
  /** `undefined`: the module's default. */
  readonly ttl: FromRequest<unknown> | undefined;
  readonly graceMs: number;
  readonly softTimeoutMs: number | undefined;
  readonly earlyRefresh: number | undefined;
  readonly jitter: number | undefined;
  /** `undefined`: the parameter `companyId`. */
  readonly company: FromRequest<unknown> | undefined;
  readonly scope: CacheScope | undefined;
  readonly params: readonly string[] | undefined;
  /** Request headers that make the answer, in lower case, sorted. */
  readonly headers: readonly string[];
  /** Response headers that `@Header()` sets, in lower case. */
  readonly decoratedHeaders: readonly string[];
  readonly tags: FromRequest<readonly string[]>;
  readonly condition: FromRequest<boolean>;
  readonly unless: ((result: unknown, request: unknown) => boolean) | undefined;
  /** Whether the handler can run when the answer has left. */
  readonly mayRunBehind: boolean;
}

export interface EvictPlan {
  readonly route: string;
  readonly type: string | undefined;
  readonly company: FromRequest<unknown> | undefined;
  readonly tags: FromRequest<readonly string[]> | undefined;
}

/** Reads the decorators of a route. `faults` says everything that is wrong with them. */
export function planRoute(route: Route): { plan: RoutePlan; faults: readonly string[] } {
  const name = `${route.controller.name}.${route.methodName}`;
  const options = readCacheableOptions(route);
  const evict = readCacheEvict(route.handler);
  const faults = [
    ...(options === undefined ? [] : findFaults(route, options)),
    ...(evict === undefined ? [] : [...findEvictFaults(evict), ...findUnevictableTraits(route)]),
    ...(options === undefined || evict === undefined
      ? []
      : ['@Cacheable and @CacheEvict exclude each other']),
  ];
  const plan = {
    route: name,
    cacheable: options && faults.length === 0 ? toCacheablePlan(route, name, options) : undefined,
    evict: evict && faults.length === 0 ? toEvictPlan(name, evict) : undefined,
  };
  return { plan, faults };
}

function findFaults(route: Route, options: CacheableOptions): string[] {
  const runsBehind = options?.softTimeout !== undefined || options?.earlyRefresh !== undefined;
  return [
    ...findCacheableFaults(options),
    ...findUncacheableTraits(route),
    ...(runsBehind ? findBackgroundTraits(route) : []),
  ];
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

function toCacheablePlan(route: Route, name: string, options: CacheableOptions): CacheablePlan {
  const headers = [...(options.headers ?? []), ...readHeaderArguments(route)];
  const type = options.type ?? name;
  return {
    route: name,
    type,
    keyHead: JSON.stringify([KEY_VERSION, name, readVersion(route), type]).slice(1, -1),
    ttl: toTtlReader(options.ttl),
    graceMs: parseDuration(options.grace) ?? 0,
    softTimeoutMs: parseDuration(options.softTimeout),
    earlyRefresh: options.earlyRefresh,
    jitter: options.jitter,
    company: options.company,
    scope: options.scope,
    params: options.params && [...new Set([...options.params, 'companyId'])],
    headers: [...new Set(headers.map((header) => header.toLowerCase()))].sort(),
    decoratedHeaders: readDecoratedHeaders(route),
    tags: toTagReader(options.tags) ?? (() => []),
    condition: options.condition ?? (() => true),
    unless: options.unless,
    mayRunBehind: findBackgroundTraits(route).length === 0,
  };
}

function toEvictPlan(route: string, { type, company, tags }: CacheEvictOptions): EvictPlan {
  return { route, type, company, tags: toTagReader(tags) };
}

function toTtlReader(ttl: CacheableOptions['ttl']): FromRequest<unknown> | undefined {
  return ttl === undefined || typeof ttl === 'function' ? ttl : () => ttl;
}

function toTagReader(tags: CacheableOptions['tags']): FromRequest<readonly string[]> | undefined {
  return tags === undefined || typeof tags === 'function' ? tags : () => tags;
}

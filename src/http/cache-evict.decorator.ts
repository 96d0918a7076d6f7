import type { CompanyId } from '../common/company-id.js';
import type { FromRequest } from './cacheable.decorator.js';

/** Each narrows what is dropped; what a posting changed and they leave out is served until its TTL. */
export interface CacheEvictOptions {
  /** Drops entries of this kind only. Default: of every kind. */
  type?: string;
  /** Drops entries of this company only; `undefined` widens it to all companies. Default: all companies. */
  company?: FromRequest<CompanyId | null | undefined>;
  /** Drops entries with one of these tags only. Default: whatever their tags. */
  tags?: readonly string[] | FromRequest<readonly string[]>;
}

const CACHE_EVICT = Symbol.for('nestjs-reports-cache:cache-evict');

/**
 * Drops entries when the route has done its work, before its answer leaves: whoever has seen the answer no longer
 * sees a report from before it. All given conditions must hold; none at all drops the whole cache.
 *
 * It also drops when the handler fails, unless with a client error (status 4xx): the books may have changed before
 * it failed.
 */
export function CacheEvict(options: CacheEvictOptions = {}): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(CACHE_EVICT, options, descriptor.value as object);
  };
}

/** @internal */
export function readCacheEvict(handler: object): CacheEvictOptions | undefined {
  return Reflect.getMetadata(CACHE_EVICT, handler) as CacheEvictOptions | undefined;
}

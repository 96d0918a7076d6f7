import { RequestMethod } from '@nestjs/common';
import {
  METHOD_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { takesResponse, writesResponseItself } from './route-metadata.js';
import type { Route } from './route.js';

/** Why the answers of this handler cannot be kept, whatever its options; empty when they can. */
export function findUncacheableTraits(route: Route): string[] {
  const has = (key: string): boolean => Reflect.hasMetadata(key, route.handler);
  const method = Reflect.getMetadata(METHOD_METADATA, route.handler) as RequestMethod | undefined;
  return [
    ...(writesResponseItself(route)
      ? [
          'it writes to @Res() itself, so its answer is never seen; use @Res({ passthrough: true }) and return the answer',
        ]
      : []),
    ...(has(SSE_METADATA) ? ['@Sse() streams events and has no answer to keep'] : []),
    ...(has(RENDER_METADATA) ? ['@Render() makes its page after the cache; return the page instead'] : []),
    ...(has(REDIRECT_METADATA) ? ['@Redirect() has no answer to keep'] : []),
    ...(method === undefined || CACHEABLE_METHODS.includes(method) ? [] : ['only answers to GET are kept']),
  ];
}

/** Why this handler cannot run behind an answer that has left; empty when it can. */
export function findBackgroundTraits(route: Route): string[] {
  return takesResponse(route)
    ? [
        'it takes @Res(), which has been sent when it runs behind an answer; leave out softTimeout and earlyRefresh',
      ]
    : [];
}

/** Of an `@All()` route, other methods than GET and HEAD go past the cache. */
const CACHEABLE_METHODS = [RequestMethod.GET, RequestMethod.ALL];

/** Why entries cannot be dropped before the answer of this handler leaves; empty when they can. */
export function findUnevictableTraits(route: Route): string[] {
  return [
    ...(writesResponseItself(route)
      ? [
          'it writes to @Res() itself, so its answer would leave before the entries are dropped; use @Res({ passthrough: true }) and return the answer',
        ]
      : []),
    ...(Reflect.hasMetadata(SSE_METADATA, route.handler)
      ? ['@Sse() has no end after which entries could be dropped']
      : []),
  ];
}

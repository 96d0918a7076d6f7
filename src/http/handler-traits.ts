import { RequestMethod } from '@nestjs/common';
import {
  METHOD_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Route } from './route.js';

/** Why the answers of this handler cannot be kept, whatever its options; empty when they can. */
export function findUncacheableTraits({ controller, methodName, handler }: Route): string[] {
  const has = (key: string): boolean => Reflect.hasMetadata(key, handler);
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  return [
    ...(writesResponseItself(controller, methodName)
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

const CACHEABLE_METHODS = [RequestMethod.GET, RequestMethod.HEAD, RequestMethod.ALL];

/** The rule by which Nest itself leaves the answer to the handler. */
function writesResponseItself(controller: Route['controller'], methodName: string): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) ?? {}) as object;
  const takesResponse = Object.keys(parameters).some((key) => {
    const kind = Number(key.split(':')[0]);
    return kind === Number(RouteParamtypes.RESPONSE) || kind === Number(RouteParamtypes.NEXT);
  });
  return takesResponse && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, methodName) !== true;
}

import {
  HEADERS_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Route } from './route.js';

/** The rule by which Nest itself leaves the answer to the handler. */
export function writesResponseItself(route: Route): boolean {
  const { controller, methodName } = route;
  return (
    takesResponse(route) &&
    Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, methodName) !== true
  );
}

/** Whether the handler takes `@Res()` or `@Next()`, passed through or not. */
export function takesResponse({ controller, methodName }: Route): boolean {
  return readArguments(controller, methodName).some(
    ({ kind }) => kind === Number(RouteParamtypes.RESPONSE) || kind === Number(RouteParamtypes.NEXT),
  );
}

/** The request headers that the handler takes as arguments, by `@Headers('name')`. */
export function readHeaderArguments({ controller, methodName }: Route): string[] {
  return readArguments(controller, methodName).flatMap(({ kind, data }) =>
    kind === Number(RouteParamtypes.HEADERS) && typeof data === 'string' ? [data] : [],
  );
}

/** The response headers that the route's `@Header()` decorators set, in lower case. */
export function readDecoratedHeaders({ handler }: Route): string[] {
  const headers = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as readonly { name: string }[];
  return headers.map(({ name }) => name.toLowerCase());
}

/** The versions of the API that the route belongs to, as a text; empty for none. */
export function readVersion({ controller, handler }: Route): string {
  const version: unknown =
    Reflect.getMetadata(VERSION_METADATA, handler) ?? Reflect.getMetadata(VERSION_METADATA, controller) ?? [];
  return (Array.isArray(version) ? version : [version]).map(String).join(',');
}

interface HandlerArgument {
  readonly kind: number;
  readonly data: unknown;
}

/** Nest keeps them under `kind:index`; those of custom decorators have a name for their kind, which is no number. */
function readArguments(controller: Route['controller'], methodName: string): HandlerArgument[] {
  const metadata = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) ?? {}) as Record<
    string,
    { data?: unknown }
  >;
  return Object.entries(metadata).map(([key, { data }]) => ({ kind: Number(key.split(':')[0]), data }));
}

import type { HttpRequest } from './http-types.js';

/**
 * What the address says beside the query, for the key: a cache's primary key is the whole URI (RFC 9111, section 2).
 * The host is part of it, for an app may tell its tenants apart by their host names, or write links with the `Host`
 * that a client sent.
 */
export function uriParts(request: HttpRequest): readonly unknown[] {
  return [originOf(request), request.hosts ?? null, patternOf(request), request.params ?? {}];
}

/** Without the port that the server itself listens on: it says nothing, and a restart may change it. */
export function originOf({ protocol = '', host = '', socket }: HttpRequest): string {
  const ownPort = `:${socket?.localPort}`;
  return `${protocol}://${host.endsWith(ownPort) ? host.slice(0, -ownPort.length) : host}`;
}

/** The pattern rather than the path: with the parameters it says the same, however a client encodes them. */
function patternOf({ route, routeOptions, url }: HttpRequest): string {
  const pattern = route?.path ?? routeOptions?.url;
  return typeof pattern === 'string' ? pattern : (url.split('?')[0] ?? '');
}

import { headerMembers } from './header-list.js';
import type { HttpResponse } from './http-types.js';

export type Headers = Readonly<Record<string, string>>;

/**
 * Headers about the connection (RFC 9111, section 3.1), the moment, one request or this module: never part of a
 * stored answer.
 */
const NEVER_STORED = new Set([
  'age',
  'cache-status',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'server-timing',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'retry-after',
  'traceparent',
  'tracestate',
  'x-amzn-trace-id',
  'x-b3-traceid',
  'x-cache',
  'x-correlation-id',
  'x-csrf-token',
  'x-request-id',
  'x-response-time',
  'x-trace-id',
]);

/** Whether a header, its name in lower case, may be part of a stored answer. An answer with `Set-Cookie` is not stored at all. */
export function isStorable(name: string): boolean {
  return !NEVER_STORED.has(name) && name !== 'set-cookie';
}

/** The response's headers now, names in lower case. */
export function snapshotHeaders(response: HttpResponse): Headers {
  const entries = Object.entries(response.getHeaders()).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/**
 * What the route set, not the app's middleware: everything since the snapshot, and the headers of its `@Header()`
 * decorators, which Nest sets before the snapshot.
 */
export function headersOfRoute(before: Headers, after: Headers, decorated: readonly string[]): Headers {
  const entries = Object.entries(after).filter(
    ([name, value]) => !NEVER_STORED.has(name) && (decorated.includes(name) || before[name] !== value),
  );
  const headers = Object.fromEntries(entries);
  if (headers['vary'] === undefined || decorated.includes('vary')) return headers;
  return { ...headers, vary: addedMembers(before['vary'], headers['vary']) };
}

/** `Vary` is a list that middleware (CORS, compression) adds to as well. */
function addedMembers(before: string | undefined, after: string): string {
  const present = headerMembers(before);
  return headerMembers(after)
    .filter((member) => !present.includes(member))
    .join(', ');
}

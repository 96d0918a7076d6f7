import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { isCredentialHeader, isCredentialParameter } from './credentials.js';
import type { HttpRequest } from './http-types.js';
import type { CacheablePlan } from './route-plan.js';

type Query = Readonly<Record<string, unknown>>;

/** The query parameters that make the answer: all of them, or those the route declares. */
export function declaredQuery({ params }: CacheablePlan, request: HttpRequest): Query {
  const query = (request.query ?? {}) as Query;
  if (params === undefined) return query;
  return Object.fromEntries(
    params.filter((name) => Object.hasOwn(query, name)).map((name) => [name, query[name]]),
  );
}

/** {@link declaredQuery}, with what is secret in it replaced by its digest: keys stand readable in the file. */
export function queryForKey(plan: CacheablePlan, request: HttpRequest): Query {
  const query = declaredQuery(plan, request);
  const secrets = Object.keys(query).filter(isCredentialParameter);
  if (secrets.length === 0) return query;
  const digests = secrets.map((name) => [name, digest(canonicalJson(query[name]))]);
  return { ...query, ...(Object.fromEntries(digests) as Query) };
}

/** The values of the declared headers, in the order of their names; `null` for one that was not sent. */
export function declaredHeaders(
  { headers }: CacheablePlan,
  request: HttpRequest,
): readonly (string | null)[] {
  return headers.map((name) => {
    const value = request.headers[name];
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (text === undefined) return null;
    return isCredentialHeader(name) ? digest(text) : text;
  });
}

/**
 * Takes undeclared query parameters out of the request before its handler runs: what does not enter the key must
 * not reach the answer either, or one client's parameter would show in every client's report. Rejected: to run
 * such requests past the cache, for then a `?_=1` would send everybody to the source.
 */
export function hideUndeclaredQuery(plan: CacheablePlan, request: HttpRequest): void {
  if (plan.params === undefined) return;
  const query = declaredQuery(plan, request);
  // Express 5 computes `request.query` in a getter of the prototype; an assignment would not be kept.
  Object.defineProperty(request, 'query', {
    value: query,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** Keys stand readable in the file; a token must not. */
function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

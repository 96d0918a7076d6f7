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

/** The values of the declared headers, in the order of their names; `null` for one that was not sent. */
export function declaredHeaders(
  { headers }: CacheablePlan,
  request: HttpRequest,
): readonly (string | null)[] {
  return headers.map((name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  });
}

/**
 * Takes undeclared query parameters out of the request before its handler runs: what does not enter the key must
 * not reach the answer either, or one client's parameter would show in every client's report.
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

/** JSON text in which the order of object keys does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isObject(part) ? sortKeys(part) : part));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(object: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype, a parameter called `__proto__` is a key like any other.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object).sort()) sorted[key] = object[key];
  return sorted;
}

import type { HttpResponse } from './http-types.js';

export type Headers = Readonly<Record<string, string>>;

/** Headers about the connection, the moment or this module: never part of a stored answer. */
const NEVER_STORED = new Set([
  'age',
  'cache-status',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-cache',
]);

/** The response's headers now, names in lower case. */
export function snapshotHeaders(response: HttpResponse): Headers {
  const entries = Object.entries(response.getHeaders()).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** What was set since the snapshot: by the handler and its interceptors, not by the app's middleware. */
export function headersSince(before: Headers, response: HttpResponse): Headers {
  const entries = Object.entries(snapshotHeaders(response));
  return Object.fromEntries(
    entries.filter(([name, value]) => !NEVER_STORED.has(name) && before[name] !== value),
  );
}

import { isCredentialHeader, isCredentialParameter } from './credentials.js';
import type { EntryName } from './cache-request.js';
import type { HttpRequest } from './http-types.js';
import { declaredQuery } from './request-parts.js';
import { originOf } from './request-uri.js';
import type { CacheablePlan } from './route-plan.js';

/** What it takes to ask a route for the same entry again; nothing of it says who asked. */
export interface ReplayableRequest {
  /** Path and declared query parameters, sorted by name: `/reports/trial-balance?companyId=7&period=2026-03`. */
  readonly url: string;
  /** The declared request headers that were sent, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: 'http' | 'https';
  /** Without the port that the server itself listened on, which a restart may change. */
  readonly host: string;
  /** Whether that port stood there. */
  readonly withOwnPort: boolean;
  /** Whether the entry is everybody's because nobody was named: with credentials the route would make another one. */
  readonly anonymous: boolean;
}

/** Somebody's parameter values make a longer one. */
const MAX_URL_LENGTH = 4_096;

/** A name or address, with or without a port. */
export const HOST = /^[\w.:[\]-]{0,255}$/;

/**
 * The request of an entry that a company or everybody shares; `undefined` for one of a user or of a fingerprint of
 * rights, for one whose key holds the digest of a secret, and for one that could not be sent again as it was.
 */
export function toReplayable(
  plan: CacheablePlan,
  request: HttpRequest,
  entry: EntryName,
): ReplayableRequest | undefined {
  if (!isShared(plan, entry)) return undefined;
  const url = toUrl(plan, request);
  const headers = toHeaders(plan, request);
  const origin = toOrigin(request);
  if (url === undefined || headers === undefined || origin === undefined) return undefined;
  return { url, headers, ...origin, anonymous: plan.scope === undefined };
}

/** Whether a URL stays as it is when it is read: dot segments, backslashes or another host would lead elsewhere. */
export function isPlainUrl(url: string): boolean {
  if (!url.startsWith('/') || url.startsWith('//') || url.length > MAX_URL_LENGTH) return false;
  if (!URL.canParse(url, 'http://localhost')) return false;
  const { host, pathname, search } = new URL(url, 'http://localhost');
  return host === 'localhost' && pathname + search === url;
}

function isShared({ scope }: CacheablePlan, { username }: EntryName): boolean {
  return typeof scope !== 'function' && username === null;
}

function toUrl(plan: CacheablePlan, request: HttpRequest): string | undefined {
  const query = toQuery(plan, request);
  if (query === undefined) return undefined;
  const path = request.url.split('?')[0] ?? '';
  const url = query === '' ? path : `${path}?${query}`;
  return isPlainUrl(url) ? url : undefined;
}

/** Texts and lists of texts, which every query parser reads alike; what is nested is not sent again. */
function toQuery(plan: CacheablePlan, request: HttpRequest): string | undefined {
  const declared = declaredQuery(plan, request);
  const query = new URLSearchParams();
  for (const name of Object.keys(declared).sort()) {
    const values = [declared[name]].flat();
    if (isCredentialParameter(name) || !values.every((value) => typeof value === 'string')) return undefined;
    for (const value of values) query.append(name, value);
  }
  return query.toString();
}

function toHeaders({ headers }: CacheablePlan, request: HttpRequest): Record<string, string> | undefined {
  const sent = headers.filter((name) => request.headers[name] !== undefined);
  if (sent.some(isCredentialHeader)) return undefined;
  return Object.fromEntries(sent.map((name) => [name, [request.headers[name]].flat().join(', ')]));
}

/** As it stands in the key. */
function toOrigin(
  request: HttpRequest,
): Pick<ReplayableRequest, 'protocol' | 'host' | 'withOwnPort'> | undefined {
  const [protocol, host = ''] = originOf(request).split('://', 2);
  if ((protocol !== 'http' && protocol !== 'https') || !HOST.test(host)) return undefined;
  return { protocol, host, withOwnPort: host !== (request.host ?? '') };
}

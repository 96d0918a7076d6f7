import type { HttpRequest } from './http-types.js';
import type { StoredResponse } from './stored-response.js';

/**
 * Whether the client has this answer already; it then goes out as 304 without a body. `If-None-Match` counts before
 * `If-Modified-Since` (RFC 9110, section 13.2.2).
 */
export function isNotModified(
  { headers }: Pick<HttpRequest, 'headers'>,
  { etag, headers: stored }: Pick<StoredResponse, 'etag' | 'headers'>,
): boolean {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return matchesETag(String(ifNoneMatch), etag);
  const since = Date.parse(String(headers['if-modified-since']));
  // Whatever cannot be read compares as false.
  return Date.parse(stored['last-modified'] ?? '') <= since;
}

/** Weak comparison, lists, and `*` (RFC 9110, sections 8.8.3.2 and 13.1.2). */
function matchesETag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  const tags: readonly string[] = ifNoneMatch.match(ENTITY_TAG) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/** `entity-tag` of RFC 9110, section 8.8.3: a comma may stand inside the quotes. */
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

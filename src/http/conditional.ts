/**
 * Whether `If-None-Match` names this entity tag: weak comparison, lists, and `*` (RFC 9110, sections 8.8.3.2 and
 * 13.1.2). The answer is then 304 without a body.
 */
export function isNotModified(ifNoneMatch: string | string[] | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const header = Array.isArray(ifNoneMatch) ? ifNoneMatch.join(',') : ifNoneMatch;
  if (header.trim() === '*') return true;
  const tags: readonly string[] = header.match(ENTITY_TAG) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/** `entity-tag` of RFC 9110, section 8.8.3: a comma may stand inside the quotes. */
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

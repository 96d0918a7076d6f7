import { headerMembers } from './header-list.js';

/** Why an answer is not kept. */
export type NotStoredReason = 'status' | 'set-cookie' | 'no-store' | 'private' | 'vary';

export interface AnswerFacts {
  readonly status: number;
  /** What the route set: its handler, its `@Header()`s and the interceptors; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `Cache-Control` as it would go out, whoever set it. */
  readonly cacheControl: string | undefined;
  /** Whether only one user shares the entry. */
  readonly isUserScoped: boolean;
  /** Request headers that are part of the key, in lower case. */
  readonly declaredHeaders: readonly string[];
}

/**
 * Whether an answer may be kept, by the rules of a shared cache where it is shared (RFC 9111, sections 3 and 4.1):
 * status 200 alone, no `Set-Cookie`, no `no-store`, `private` only where the key names the user, and no `Vary` on a
 * header that is not part of the key.
 *
 * `Set-Cookie` and `Vary` of the app's middleware do not count: it sets them anew on a hit, for whoever asks then.
 */
export function whyNotStored(answer: AnswerFacts): NotStoredReason | undefined {
  const { status, headers, cacheControl, isUserScoped, declaredHeaders } = answer;
  const directives = headerMembers(cacheControl).map((directive) => directive.split('=')[0]?.trim());
  if (status !== 200) return 'status';
  if (headers['set-cookie'] !== undefined) return 'set-cookie';
  if (directives.includes('no-store')) return 'no-store';
  if (!isUserScoped && directives.includes('private')) return 'private';
  if (!headerMembers(headers['vary']).every((name) => declaredHeaders.includes(name))) return 'vary';
  return undefined;
}

/** Why an answer is not kept. */
export type NotStoredReason =
  'status' | 'set-cookie' | 'no-store' | 'private' | 'vary' | 'unless' | 'body' | 'too-large';

export interface AnswerFacts {
  readonly status: number;
  /** What the handler and the interceptors set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether only one user shares the entry. */
  readonly isUserScoped: boolean;
  /** Request headers that are part of the key, in lower case. */
  readonly declaredHeaders: readonly string[];
}

/**
 * Whether an answer may be kept, by the rules of a shared cache where it is shared (RFC 9111, sections 3 and 4.1):
 * status 200 alone, no `Set-Cookie`, no `no-store`, `private` only where the key names the user, and no `Vary` on a
 * header that is not part of the key.
 */
export function whyNotStored(answer: AnswerFacts): NotStoredReason | undefined {
  const { status, headers, isUserScoped, declaredHeaders } = answer;
  const directives = list(headers['cache-control']);
  if (status !== 200) return 'status';
  if (headers['set-cookie'] !== undefined) return 'set-cookie';
  if (directives.some((directive) => directive === 'no-store')) return 'no-store';
  if (!isUserScoped && directives.some((directive) => directive.split('=')[0] === 'private'))
    return 'private';
  if (!list(headers['vary']).every((name) => declaredHeaders.includes(name))) return 'vary';
  return undefined;
}

/** The members of a comma-separated header, in lower case. */
function list(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}

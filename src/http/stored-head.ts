import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isStorable } from './response-headers.js';
import type { BodyKind, StoredResponse } from './stored-response.js';

/** A stored answer without its body, and what the bytes behind it are. */
export interface StoredHead extends Omit<StoredResponse, 'body'> {
  readonly hasForms: boolean;
  /** They are the gzip form of a body of this length. */
  readonly gzipOf: number | undefined;
}

const KINDS: ReadonlySet<unknown> = new Set<BodyKind>(['empty', 'text', 'file']);

/**
 * Reads the head of a stored answer, and takes nothing from it that could not be sent: a file that somebody else has
 * written must end in a miss, not in a 500 on every hit.
 * @throws {TypeError} as well as what JSON and Node's checks of headers throw.
 */
export function readStoredHead(json: string): StoredHead {
  const { status, kind, headers, etag, hasForms, gzipOf } = JSON.parse(json) as Record<
    keyof StoredHead,
    unknown
  >;
  if (status !== 200) throw new TypeError('a status that is never stored');
  if (!KINDS.has(kind)) throw new TypeError('no kind of body');
  if (typeof etag !== 'string') throw new TypeError('no ETag');
  validateHeaderValue('etag', etag);
  const ofRoute = readHeaders(headers);
  if (kind === 'text' && ofRoute['content-type'] === undefined) throw new TypeError('a text of no type');
  if (gzipOf !== undefined && !(Number.isSafeInteger(gzipOf) && (gzipOf as number) >= 0))
    throw new TypeError('a form of no length');
  return {
    status,
    kind: kind as BodyKind,
    headers: ofRoute,
    etag,
    hasForms: hasForms === true,
    gzipOf: gzipOf as number | undefined,
  };
}

function readHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null) throw new TypeError('no headers');
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') throw new TypeError(`the header ${name} is no text`);
    // A length or a coding that is not the body's would leave the client waiting.
    if (name !== name.toLowerCase() || !isStorable(name)) throw new TypeError(`${name} is never stored`);
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return headers as Readonly<Record<string, string>>;
}

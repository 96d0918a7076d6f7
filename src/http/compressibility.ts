import { headerMembers } from './header-list.js';
import type { Headers } from './response-headers.js';

export interface BodyFacts {
  readonly byteLength: number;
  /** As they would go out, whoever set them; names in lower case. */
  readonly headers: Headers;
}

/**
 * Whether a body may get a gzip form beside its own: it is long enough, of a kind that becomes shorter, and nothing on
 * it forbids that (`no-transform`, RFC 9111, section 5.2.2.6) or speaks of these very bytes: a coding of its own, or a
 * digest (RFC 9530).
 */
export function mayBeCompressed({ byteLength, headers }: BodyFacts, minBytes: number): boolean {
  return (
    byteLength >= minBytes &&
    COMPRESSIBLE.test(headers['content-type'] ?? '') &&
    !headerMembers(headers['cache-control']).includes('no-transform') &&
    BOUND_TO_BYTES.every((name) => headers[name] === undefined)
  );
}

/** Texts. Office files, images and PDF are compressed in themselves. */
const COMPRESSIBLE =
  /^\s*(text\/[\w.+-]+|application\/(json|xml|javascript|x-ndjson|jsonl|sql|rtf|csv)|[\w.-]+\/[\w.-]+\+(json|xml|text))\s*(;|$)/i;

const BOUND_TO_BYTES = [
  'content-encoding',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'content-range',
];

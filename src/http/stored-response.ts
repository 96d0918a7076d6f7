import { createHash } from 'node:crypto';

/** How the body is handed to the framework: nothing, a text (JSON included), or bytes as a file. */
export type BodyKind = 'empty' | 'text' | 'file';

/** An answer as it was sent. */
export interface StoredResponse {
  readonly status: number;
  readonly kind: BodyKind;
  /** What the handler and the interceptors set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly body: Buffer;
}

/** A body on its way into a {@link StoredResponse}. */
export interface CapturedBody extends Pick<StoredResponse, 'kind' | 'body'> {
  /** Headers that belong to this body, where nobody has set them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A strong validator (RFC 9110, section 8.8.3) from the SHA-256 of the body. */
export function strongETag(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}

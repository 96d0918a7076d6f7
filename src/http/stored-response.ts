import type { StoredBody } from './stored-body.js';

/** How the body is handed to the framework: nothing, a text (JSON included), or bytes as a file. */
export type BodyKind = 'empty' | 'text' | 'file';

/** An answer as it was sent. */
export interface StoredResponse {
  readonly status: number;
  readonly kind: BodyKind;
  /** What the handler and the interceptors set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body without a coding. */
  readonly etag: string;
  readonly body: StoredBody;
}

/** A body on its way into a {@link StoredResponse}. */
export interface CapturedBody extends Pick<StoredResponse, 'kind'> {
  readonly body: Buffer;
  /** Headers that belong to this body, where nobody has set them. */
  readonly headers: Readonly<Record<string, string>>;
}

import { isUtf8 } from 'node:buffer';

/** Beyond it, encoding the text anew for each client costs more than the second piece. */
const MAX_BYTES = 8 * 1024;

/**
 * A small body as a text. Node joins a text with the headers and writes both in one piece; a Buffer becomes a second
 * piece, which costs a small answer an eighth of its whole time.
 * @returns `undefined` for a body that is too large for that, or whose bytes are no UTF-8.
 */
export function smallText(body: Buffer): string | undefined {
  return body.length <= MAX_BYTES && isUtf8(body) ? body.toString() : undefined;
}

/** Bytes that the text of this body takes in memory, at the most. */
export function smallTextBytes(body: Buffer): number {
  return body.length <= MAX_BYTES ? 2 * body.length : 0;
}

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/**
 * Characters or bytes taken in one turn of the event loop, some milliseconds of work: 50 MB at once would hold everybody
 * else up for 50 to 200 ms. Rejected: `crypto.subtle.digest`, which hashes in another thread and copies the bytes in
 * this one before, which takes longer than hashing them.
 */
const PIECE = 1024 * 1024;

/** UTF-8. */
export async function encodeText(text: string): Promise<Buffer> {
  if (text.length <= PIECE) return Buffer.from(text);
  const pieces = cut(text);
  let length = 0;
  for await (const piece of inTurns(pieces)) length += Buffer.byteLength(piece);
  const bytes = Buffer.allocUnsafeSlow(length);
  let written = 0;
  for await (const piece of inTurns(pieces)) written += bytes.write(piece, written);
  return bytes;
}

/** SHA-256, in base64url. */
export async function digest(bytes: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.length; start += PIECE) {
    if (start > 0) await setImmediate();
    hash.update(bytes.subarray(start, start + PIECE));
  }
  return hash.digest('base64url');
}

function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = endOfPiece(text, start);
    pieces.push(text.slice(start, end));
  }
  return pieces;
}

/** Never between the two halves of a character. */
function endOfPiece(text: string, start: number): number {
  const end = Math.min(start + PIECE, text.length);
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? Math.min(end + 1, text.length) : end;
}

/** One a turn, the first as well: what made the text has just taken its time. */
async function* inTurns<T>(pieces: readonly T[]): AsyncGenerator<T> {
  for (const piece of pieces) {
    await setImmediate();
    yield piece;
  }
}

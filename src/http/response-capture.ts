import { StreamableFile } from '@nestjs/common';
import { captureFile } from './file-capture.js';
import { RawAnswer } from './handler-answer.js';
import type { HttpDialect } from './http-dialect.js';
import type { HttpResponse } from './http-types.js';
import type { RouteResponse } from './route-response.js';
import { strongETag, type CapturedBody, type StoredResponse } from './stored-response.js';

const EMPTY: CapturedBody = { kind: 'empty', body: Buffer.alloc(0), headers: {} };

/**
 * Turns what a handler returned into the bytes that go out.
 * @returns a {@link RawAnswer} for what cannot be kept: a body of more than `maxBytes`, one that cannot be made, and
 * streams other than `StreamableFile`.
 */
export async function captureAnswer(
  result: unknown,
  response: HttpResponse,
  left: RouteResponse,
  dialect: HttpDialect,
  maxBytes: number,
): Promise<StoredResponse | RawAnswer> {
  const captured = await captureBody(result, response, dialect, maxBytes);
  return captured instanceof RawAnswer ? captured : toStoredResponse(captured, left);
}

/** What was set on the response already, by whomever, counts before what belongs to the body. */
function toStoredResponse(
  { kind, body, headers: ofBody }: CapturedBody,
  { status, present, ofRoute }: RouteResponse,
): StoredResponse {
  const missing = Object.entries(ofBody).filter(([name]) => present[name] === undefined);
  const { etag, ...headers } = { ...Object.fromEntries(missing), ...ofRoute };
  return { status, kind, headers, etag: etag ?? strongETag(body), body };
}

async function captureBody(
  result: unknown,
  response: HttpResponse,
  dialect: HttpDialect,
  maxBytes: number,
): Promise<CapturedBody | RawAnswer> {
  if (dialect.isEmpty(result)) return EMPTY;
  if (result instanceof StreamableFile) return captureFile(result, maxBytes);
  if (dialect.sendsBytes && ArrayBuffer.isView(result)) return captureBytes(result);
  if (isStream(result) || result instanceof Error) return new RawAnswer(result);
  return captureText(result, response, dialect);
}

function captureText(
  result: unknown,
  response: HttpResponse,
  dialect: HttpDialect,
): CapturedBody | RawAnswer {
  try {
    const { text, contentType } = dialect.toText(result, response);
    if (text === undefined) return new RawAnswer(result);
    return { kind: 'text', body: Buffer.from(text), headers: { 'content-type': contentType } };
  } catch {
    // A BigInt, a circle: the adapter fails on it again, and answers as it would without a cache.
    return new RawAnswer(result);
  }
}

function captureBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): CapturedBody {
  // Copied: the handler may go on writing into its memory.
  const body = Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
  return { kind: 'file', body, headers: { 'content-type': 'application/octet-stream' } };
}

/** What Nest sends as it is produced: streams, async iterables and web responses. */
function isStream(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (typeof (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === 'function' ||
      typeof (value as { pipe?: unknown }).pipe === 'function' ||
      Object.prototype.toString.call(value) === '[object Response]')
  );
}

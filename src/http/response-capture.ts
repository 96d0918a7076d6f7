import { StreamableFile } from '@nestjs/common';
import { captureFile } from './file-capture.js';
import { RawAnswer } from './handler-answer.js';
import { mayBeCompressed } from './compressibility.js';
import type { HttpDialect } from './http-dialect.js';
import type { HttpDialects } from './http-dialects.js';
import type { HttpResponse } from './http-types.js';
import { digest, encodeText } from './in-pieces.js';
import type { RouteResponse } from './route-response.js';
import { StoredBody } from './stored-body.js';
import type { CapturedBody, StoredResponse } from './stored-response.js';

const EMPTY: CapturedBody = { kind: 'empty', body: Buffer.alloc(0), headers: {} };

/** Turns what a handler returned into the bytes that go out. */
export class ResponseCapture {
  /** @param compressFrom bytes from which on a body may get a gzip form; `Infinity`: none does. */
  constructor(
    private readonly dialects: HttpDialects,
    private readonly maxBytes: number,
    private readonly compressFrom: number,
  ) {}

  /**
   * @param left the response as the route left it.
   * @returns a {@link RawAnswer} for what cannot be kept: a file of more than `maxBytes`, a body that cannot be made,
   * and streams other than `StreamableFile`.
   */
  async capture(
    result: unknown,
    response: HttpResponse,
    left: RouteResponse,
  ): Promise<StoredResponse | RawAnswer> {
    const captured = await captureBody(result, response, this.dialects.current(), this.maxBytes);
    return captured instanceof RawAnswer ? captured : this.toStoredResponse(captured, left);
  }

  /** What was set on the response already, by whomever, counts before what belongs to the body. */
  private async toStoredResponse(
    { kind, body, headers: ofBody }: CapturedBody,
    { status, present, ofRoute }: RouteResponse,
  ): Promise<StoredResponse> {
    const missing = Object.entries(ofBody).filter(([name]) => present[name] === undefined);
    const { etag, ...headers } = { ...Object.fromEntries(missing), ...ofRoute };
    const hasForms = mayBeCompressed(
      { byteLength: body.length, headers: { ...headers, ...present } },
      this.compressFrom,
    );
    return {
      status,
      kind,
      headers,
      // A strong validator (RFC 9110, section 8.8.3).
      etag: etag ?? `"${await digest(body)}"`,
      body: StoredBody.plain(body, hasForms),
    };
  }
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

async function captureText(
  result: unknown,
  response: HttpResponse,
  dialect: HttpDialect,
): Promise<CapturedBody | RawAnswer> {
  try {
    const { text, contentType } = dialect.toText(result, response);
    if (text === undefined) return new RawAnswer(result);
    return { kind: 'text', body: await encodeText(text), headers: { 'content-type': contentType } };
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

import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { RawAnswer, type HandlerAnswer } from './handler-answer.js';
import type { HttpDialect } from './http-dialect.js';
import { snapshotHeaders, type Headers } from './response-headers.js';
import type { HttpResponse } from './http-types.js';
import { strongETag, type BodyKind, type StoredResponse } from './stored-response.js';

interface Captured {
  readonly kind: BodyKind;
  readonly body: Buffer;
  /** Headers that belong to this body. */
  readonly headers: Headers;
}

const EMPTY: Captured = { kind: 'empty', body: Buffer.alloc(0), headers: {} };

/**
 * Turns what a handler returned into the bytes that go out. `handlerHeaders` are those that the handler set.
 * @returns a {@link RawAnswer} for what cannot be kept: a body of more than `maxBytes`, and streams other than
 * `StreamableFile`.
 */
export async function captureAnswer(
  result: unknown,
  response: HttpResponse,
  handlerHeaders: Headers,
  dialect: HttpDialect,
  maxBytes: number,
): Promise<HandlerAnswer> {
  const captured = await captureBody(result, response, dialect, maxBytes);
  return captured instanceof RawAnswer ? captured : toStoredResponse(captured, response, handlerHeaders);
}

function toStoredResponse(
  captured: Captured,
  response: HttpResponse,
  handlerHeaders: Headers,
): StoredResponse {
  const { kind, body } = captured;
  const { etag, ...headers } = { ...captured.headers, ...handlerHeaders };
  return { status: response.statusCode, kind, headers, etag: etag ?? strongETag(body), body };
}

async function captureBody(
  result: unknown,
  response: HttpResponse,
  dialect: HttpDialect,
  maxBytes: number,
): Promise<Captured | RawAnswer> {
  if (dialect.isEmpty(result)) return EMPTY;
  if (result instanceof StreamableFile) return captureFile(result, maxBytes);
  if (dialect.sendsBuffers && Buffer.isBuffer(result)) return captureBuffer(result);
  if (isStream(result) || result instanceof Error) return new RawAnswer(result);
  return captureText(result, response, dialect);
}

function captureText(result: unknown, response: HttpResponse, dialect: HttpDialect): Captured | RawAnswer {
  const { text, contentType } = dialect.toText(result, response);
  if (text === undefined) return new RawAnswer(result);
  const given = snapshotHeaders(response)['content-type'];
  return {
    kind: 'text',
    body: Buffer.from(text),
    headers: given === undefined ? { 'content-type': contentType } : {},
  };
}

function captureBuffer(result: Buffer): Captured {
  return { kind: 'file', body: Buffer.from(result), headers: { 'content-type': 'application/octet-stream' } };
}

/** Reads the file to its end, or, when it is larger than what may be kept, hands on a stream of the whole. */
async function captureFile(file: StreamableFile, maxBytes: number): Promise<Captured | RawAnswer> {
  const stream = file.getStream();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of iterateOnce(stream)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) return new RawAnswer(resume(file, chunks));
    }
  } catch {
    // The adapter finds the stream failed and answers as it would without a cache.
    return new RawAnswer(file);
  }
  const { type, disposition } = file.getHeaders();
  const headers = {
    ...(type && { 'content-type': type }),
    ...(disposition && { 'content-disposition': String(disposition) }),
  };
  return { kind: 'file', body: Buffer.concat(chunks, size), headers };
}

/** The chunks of a stream that stays open when the reader stops early. */
async function* iterateOnce(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer | string>) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

function resume(file: StreamableFile, chunks: readonly Buffer[]): StreamableFile {
  const rest = file.getStream();
  const whole = Readable.from(
    (async function* () {
      yield* chunks;
      yield* rest as AsyncIterable<Buffer>;
    })(),
  );
  return new StreamableFile(whole, file.options);
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

import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { RawAnswer } from './handler-answer.js';
import type { CapturedBody } from './stored-response.js';

/**
 * Reads a file to its end.
 * @returns a {@link RawAnswer} with a stream of the whole when it is larger than `maxBytes`, fails on the way, or is
 * not made of bytes: it goes out, or fails, as it would without a cache.
 */
export async function captureFile(file: StreamableFile, maxBytes: number): Promise<CapturedBody | RawAnswer> {
  const chunks: unknown[] = [];
  let size = 0;
  try {
    for await (const chunk of file.getStream().iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      size += isBytes(chunk) ? Buffer.byteLength(chunk) : Infinity;
      if (size > maxBytes) return new RawAnswer(replay(file, chunks, file.getStream()));
    }
  } catch (error) {
    return new RawAnswer(replay(file, chunks, failing(error)));
  }
  const { type, disposition } = file.getHeaders();
  const headers = {
    ...(type && { 'content-type': type }),
    ...(disposition && { 'content-disposition': String(disposition) }),
  };
  return { kind: 'file', body: Buffer.concat((chunks as (string | Uint8Array)[]).map(toBuffer)), headers };
}

function isBytes(chunk: unknown): chunk is string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function toBuffer(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** The same file once more: what was read of it, then the rest. */
function replay(
  file: StreamableFile,
  chunks: readonly unknown[],
  rest: AsyncIterable<unknown>,
): StreamableFile {
  const { readableObjectMode } = file.getStream();
  const whole = Readable.from(concat(chunks, rest), { objectMode: readableObjectMode });
  return new StreamableFile(whole, file.options)
    .setErrorHandler(file.errorHandler)
    .setErrorLogger(file.errorLogger);
}

async function* concat(chunks: readonly unknown[], rest: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield* chunks;
  yield* rest;
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* failing(error: unknown): AsyncGenerator<never> {
  throw error;
}

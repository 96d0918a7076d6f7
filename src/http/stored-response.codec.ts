import type { Packed, PayloadCodec, Resident } from '../cache/payload-codec.js';
import { GzipLane } from './gzip.js';
import { RawAnswer, Refusal, type HandlerAnswer } from './handler-answer.js';
import { StoredBody } from './stored-body.js';
import { readStoredHead, type StoredHead } from './stored-head.js';
import type { StoredResponse } from './stored-response.js';

/** Of Deflate, see https://zlib.net/zlib_tech.html. */
const LARGEST_EXPANSION = 1_032;

/** What an object costs beside its bytes. */
const RESIDENT_OVERHEAD_BYTES = 400;

/**
 * The body's bytes as they are sent, behind a short JSON head: a hit neither parses nor stringifies the report. The
 * file keeps one form, the gzip form where there is one: it is written and read five to ten times as fast.
 */
export class StoredResponseCodec implements PayloadCodec<HandlerAnswer> {
  readonly format = 'http/2';
  private readonly lane = new GzipLane();

  /** @param sendsGzip whether what is stored as gzip may be sent so (default); else it is unpacked for everybody. */
  constructor(private readonly sendsGzip = true) {}

  pack(answer: HandlerAnswer): Packed<StoredResponse> {
    if (answer instanceof RawAnswer || answer instanceof Refusal)
      throw new TypeError('only a captured answer is stored');
    const { body } = answer;
    return {
      resident: new StoredAnswer(answer),
      byteLength: body.length,
      compress: body.hasForms ? () => body.compress(this.lane) : undefined,
      toBytes: () => toBytes(answer),
    };
  }

  open(bytes: Buffer): Resident<StoredResponse> {
    const bodyStart = 4 + bytes.readUInt32BE(0);
    const { hasForms, gzipOf, ...head } = readStoredHead(bytes.toString('utf8', 4, bodyStart));
    const kept = bytes.subarray(bodyStart);
    if ((gzipOf ?? 0) > kept.length * LARGEST_EXPANSION)
      throw new RangeError('a form of more than it can hold');
    const mayChoose = hasForms && this.sendsGzip;
    const body =
      gzipOf === undefined ? StoredBody.plain(kept, mayChoose) : StoredBody.zipped(kept, gzipOf, mayChoose);
    return new StoredAnswer({ ...head, body });
  }
}

function toBytes({ body, ...rest }: StoredResponse): Buffer {
  const zipped = body.bytes('gzip');
  const head: StoredHead = { ...rest, hasForms: body.hasForms, gzipOf: zipped && body.length };
  const headBytes = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(headBytes.length);
  return Buffer.concat([length, headBytes, zipped ?? (body.bytes('identity') as Buffer)]);
}

class StoredAnswer implements Resident<StoredResponse> {
  constructor(private readonly response: StoredResponse) {}

  get byteSize(): number {
    return this.response.body.byteSize + RESIDENT_OVERHEAD_BYTES;
  }

  read(): StoredResponse {
    return this.response;
  }

  onResize(listener: () => void): void {
    if (this.response.body.hasForms) this.response.body.onResize(listener);
  }
}

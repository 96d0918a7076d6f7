import type { PayloadCodec, Resident } from '../cache/payload-codec.js';
import { RawAnswer, Refusal, type HandlerAnswer } from './handler-answer.js';
import { readStoredHead } from './stored-head.js';
import type { StoredResponse } from './stored-response.js';

/** What an object costs beside its bytes. */
const RESIDENT_OVERHEAD_BYTES = 300;

/** The body's bytes as they are, behind a short JSON head: a hit neither parses nor stringifies the report. */
export class StoredResponseCodec implements PayloadCodec<HandlerAnswer> {
  readonly format = 'http/1';

  encode(answer: HandlerAnswer): Buffer {
    if (answer instanceof RawAnswer || answer instanceof Refusal)
      throw new TypeError('only a captured answer is stored');
    const { body, ...head } = answer;
    const headBytes = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(headBytes.length);
    return Buffer.concat([length, headBytes, body]);
  }

  open(bytes: Buffer): Resident<StoredResponse> {
    const bodyStart = 4 + bytes.readUInt32BE(0);
    const head = readStoredHead(bytes.toString('utf8', 4, bodyStart));
    const response: StoredResponse = { ...head, body: bytes.subarray(bodyStart) };
    return { byteSize: bytes.length + RESIDENT_OVERHEAD_BYTES, read: () => response };
  }
}

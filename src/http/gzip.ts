import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { Mutex } from 'async-mutex';

const gzipInPool = promisify(gzip);
const gunzipInPool = promisify(gunzip);

/** Keeping two forms, and unpacking one, must be worth it. */
const WORTHWHILE_SHARE = 0.8;

/** Bytes that may wait for their turn. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Large enough that a report needs few turns, small enough to be cheap to get. */
const CHUNK_BYTES = 64 * 1024;

/** Makes gzip forms in libuv's threads, one at a time: the cache's file is read by the same few threads. */
export class GzipLane {
  private readonly lock = new Mutex();
  private waitingBytes = 0;

  /** @returns `undefined` when it would save less than a fifth, failed, or too many bytes wait already. */
  async compress(body: Buffer): Promise<Buffer | undefined> {
    if (this.waitingBytes > MAX_WAITING_BYTES) return undefined;
    this.waitingBytes += body.length;
    try {
      return await this.lock.runExclusive(() => compressed(body));
    } catch {
      // Longer than it may be, or no memory for it.
      return undefined;
    } finally {
      this.waitingBytes -= body.length;
    }
  }
}

/** Level 1: 6 takes three times as long for a sixth off the length. */
function compressed(body: Buffer): Promise<Buffer> {
  return gzipInPool(body, {
    level: constants.Z_BEST_SPEED,
    chunkSize: CHUNK_BYTES,
    maxOutputLength: Math.floor(body.length * WORTHWHILE_SHARE),
  });
}

/** @throws when the bytes are no gzip form of a body of this length. */
export async function decompressed(zipped: Buffer, length: number): Promise<Buffer> {
  // One chunk for all of it, and a byte to see that it ends there: no pieces that this thread would have to join.
  const body = await gunzipInPool(zipped, { chunkSize: Math.max(64, length + 1), maxOutputLength: length });
  if (body.length !== length) throw new RangeError(`a body of ${body.length} bytes instead of ${length}`);
  return body;
}

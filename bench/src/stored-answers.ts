import type { INestApplicationContext } from '@nestjs/common';
import { ReportCache, StoredBody, StoredResponseCodec } from './library.js';

/** The way of a request through the cache, without a server. */
export interface AnswerCache {
  set(key: string, body: Buffer): Promise<void>;
  /** @throws on a miss: a benchmark of misses would be a fast one. */
  get(key: string): Promise<Buffer>;
}

export function answerCache(app: INestApplicationContext): AnswerCache {
  const cache = app.get(ReportCache);
  const codec = new StoredResponseCodec();
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return {
    async set(key, body) {
      const target = { key, type: 'trial-balance', companyId: '7', username: null, tags: [] };
      const answer = {
        status: 200,
        kind: 'text',
        headers,
        etag: '"1"',
        body: StoredBody.plain(body, false),
      } as const;
      await cache.set(target, answer, { ttlMs: 3_600_000, graceMs: 0 }, codec);
    },
    async get(key) {
      const outcome = await cache.get(key, codec);
      if (outcome === undefined || !('body' in outcome.value))
        throw new Error('a miss where a hit was to be measured');
      return outcome.value.body.bytes('identity') as Buffer;
    },
  };
}

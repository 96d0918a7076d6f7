import { LRUCache } from 'lru-cache';

/** A bare lru-cache behind an async function: no cache with a promise for an answer can be cheaper. */
export class LruBehindAsync {
  private readonly lru: LRUCache<string, object>;

  /** @param bounds `ttl` in milliseconds; default: none, and nothing then looks at the time. */
  constructor(bounds: { ttl?: number }) {
    this.lru = new LRUCache({ max: 10_000, ...bounds });
  }

  set(key: string, value: object): void {
    this.lru.set(key, value);
  }

  async get(key: string): Promise<object | undefined> {
    return this.lru.get(key);
  }
}

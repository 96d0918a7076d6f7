import { setImmediate, setTimeout } from 'node:timers/promises';
import type { SharedCache } from './shared-cache.js';
import { zipf } from './zipf.js';

/** Reports that are asked for. */
export const KEYS = 500;

/** Requests under way in each instance at all times. */
export const CALLERS = 32;

/** One request in so many drops its report instead of reading it. */
export const DROP_EVERY = 200;

/** What a source takes, in milliseconds; a real one takes seconds, in which nobody's throughput could be seen. */
export const SOURCE_MS = 5;

/** What an instance's users do. */
export class MixedLoad {
  private loads = 0;
  private operations = 0;
  private readonly nextKey: () => number;

  constructor(
    private readonly cache: SharedCache,
    private readonly report: object,
    seed: number,
  ) {
    this.nextKey = zipf(KEYS, seed);
  }

  /** Every report once, so that what is measured afterwards does not begin with a cold cache. */
  async fill(): Promise<void> {
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      for (let key = caller; key < KEYS; key += CALLERS) await this.request(`report:${key}`, false);
    });
    await Promise.all(callers);
  }

  async run(forMs: number): Promise<{ operations: number; loads: number }> {
    this.loads = 0;
    this.operations = 0;
    const end = performance.now() + forMs;
    await Promise.all(Array.from({ length: CALLERS }, () => this.call(end)));
    return { operations: this.operations, loads: this.loads };
  }

  private async call(end: number): Promise<void> {
    while (performance.now() < end) {
      // As a request comes by its socket: hits in memory must not keep others from their answers.
      await setImmediate();
      this.operations += 1;
      await this.request(`report:${this.nextKey()}`, this.operations % DROP_EVERY === 0);
    }
  }

  private async request(key: string, drops: boolean): Promise<void> {
    if (drops) await this.cache.drop(key);
    else await this.cache.getOrSet(key, () => this.load());
  }

  private async load(): Promise<object> {
    this.loads += 1;
    await setTimeout(SOURCE_MS);
    return { ...this.report };
  }
}

import { Semaphore } from 'async-mutex';
import { SourceBusyError } from '../common/errors.js';

/** Loads that may wait for each one that may run. */
const WAITING_PER_SLOT = 16;

/** Runs loads of sources. */
export interface Bulkhead {
  /** @throws {SourceBusyError} when no load may run and none more may wait. */
  run<T>(load: () => Promise<T>): Promise<T>;
  /** Whether a load would run at once. */
  readonly hasRoom: boolean;
}

/** No `sourceConcurrency`: every load runs at once. */
export const noBulkhead: Bulkhead = { run: (load) => load(), hasRoom: true };

/**
 * Bounds how many loads run at once, and how many wait (16 for each that may run), so that a slow source is not
 * buried under the queries of those who wait for it.
 */
export class SourceBulkhead implements Bulkhead {
  private readonly slots: Semaphore;
  /** Loads that run or wait. Who has just been given a slot is told so later, and must not count as waiting until then. */
  private inside = 0;

  constructor(private readonly concurrency: number) {
    this.slots = new Semaphore(concurrency);
  }

  get hasRoom(): boolean {
    return this.inside < this.concurrency;
  }

  async run<T>(load: () => Promise<T>): Promise<T> {
    const waiting = this.inside - this.concurrency;
    if (waiting >= this.concurrency * WAITING_PER_SLOT) throw new SourceBusyError(waiting);
    this.inside += 1;
    try {
      return await this.slots.runExclusive(() => load());
    } finally {
      this.inside -= 1;
    }
  }
}

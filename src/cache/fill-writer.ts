import { setImmediate } from 'node:timers/promises';
import type { EntrySelector } from '../common/entry-selector.js';
import type { EntryHead } from '../storage/entry.js';
import { InFlight } from '../storage/in-flight.js';
import { Generations } from './generations.js';
import type { Packed } from './payload-codec.js';
import type { StoreTier } from './store-tier.js';

/** Brings what was loaded into the store, behind the answers: no request waits for it. */
export class FillWriter {
  private readonly unwritten = new Generations();
  private readonly compressing = new InFlight();

  constructor(private readonly store: StoreTier) {}

  /** @param isAnew whether a fresh row may be there, which nobody may read from now on. */
  write(head: EntryHead, packed: Packed, isAnew: boolean): void {
    // An older fill of this key that is still being compressed must not be written after this one.
    this.overtake({ key: head.key });
    const put = (): Promise<boolean> =>
      packed.compress === undefined ? this.put(head, packed) : this.putCompressed(head, packed);
    void (isAnew ? this.store.replace(head.key, put) : put());
  }

  /** What is not queued for the store yet never will be. */
  overtake(selector: EntrySelector): void {
    this.unwritten.advance(selector);
  }

  /** Resolves when all that was to be written is queued, and the store may be closed. */
  queued(): Promise<void> {
    return this.compressing.settled();
  }

  private put(head: EntryHead, packed: Packed): Promise<boolean> {
    return this.store.put({ ...head, bytes: packed.toBytes() });
  }

  private async putCompressed(head: EntryHead, packed: Packed): Promise<boolean> {
    const { committed } = await this.compressing.track(() => this.queueCompressed(head, packed));
    return committed;
  }

  /** @returns the commit in an object: by itself it would be waited for here. */
  private async queueCompressed(
    head: EntryHead,
    packed: Packed,
  ): Promise<{ committed: boolean | Promise<boolean> }> {
    const note = this.unwritten.begin(head);
    try {
      // The answer leaves first: even to start a compression takes this thread a while.
      await setImmediate();
      await packed.compress?.();
      return { committed: !note.overtaken && this.put(head, packed) };
    } finally {
      note.release();
    }
  }
}

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
  private readonly unqueued = new InFlight();

  constructor(private readonly store: StoreTier) {}

  /** @param isAnew whether a fresh row may be there, which nobody may read from now on. */
  write(head: EntryHead, packed: Packed, isAnew: boolean): void {
    // An older fill of this key that is still being compressed must not be written after this one.
    this.overtake({ key: head.key });
    const put = (): Promise<boolean> => this.put(head, packed);
    void (isAnew ? this.store.replace(head.key, put) : put());
  }

  /** What is not queued for the store yet never will be. */
  overtake(selector: EntrySelector): void {
    this.unwritten.advance(selector);
  }

  /** Resolves when all that was to be written is queued, and the store may be closed. */
  queued(): Promise<void> {
    return this.unqueued.settled();
  }

  private async put(head: EntryHead, packed: Packed): Promise<boolean> {
    const { committed } = await this.unqueued.track(() => this.queue(head, packed));
    return committed;
  }

  /** @returns the commit in an object: by itself it would be waited for here. */
  private async queue(head: EntryHead, packed: Packed): Promise<{ committed: boolean | Promise<boolean> }> {
    const note = this.unwritten.begin(head);
    try {
      // The answer leaves first: to copy megabytes, or only to start compressing them, takes this thread a while.
      await setImmediate();
      await packed.compress?.();
      return { committed: !note.overtaken && this.store.put({ ...head, bytes: packed.toBytes() }) };
    } catch {
      // There is no memory for the bytes: the file does without.
      return { committed: false };
    } finally {
      note.release();
    }
  }
}

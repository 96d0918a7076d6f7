import { setImmediate } from 'node:timers/promises';
import type { EntrySelector } from '../common/entry-selector.js';
import type { EntryHead } from '../storage/entries/entry.js';
import { InFlight } from '../storage/in-flight.js';
import { Generations } from './generations.js';
import type { Packed } from './payload-codec.js';
import type { PutOutcome, StoreTier } from './store-tier.js';

/** So much is copied in some 15 microseconds. */
const QUICK_BYTES = 64 * 1024;

/** What a load brought, on its way into the store. */
export interface Fill {
  readonly head: EntryHead;
  readonly packed: Packed;
  /** See {@link StoreTier.put}. */
  readonly knowing: number | undefined;
  /** Whether a fresh row may be there, which nobody may read from now on. */
  readonly isAnew: boolean;
}

/** Brings what was loaded into the store, behind the answers: no request waits for it. */
export class FillWriter {
  private readonly unwritten = new Generations();
  private readonly unqueued = new InFlight();

  constructor(private readonly store: StoreTier) {}

  /** @returns what became of it. */
  write(fill: Fill): Promise<PutOutcome> {
    const { key } = fill.head;
    // An older fill of this key that is still being compressed must not be written after this one.
    this.overtake({ key });
    return fill.isAnew ? this.store.replace(key, () => this.put(fill)) : this.put(fill);
  }

  /** What is not queued for the store yet never will be. */
  overtake(selector: EntrySelector): void {
    this.unwritten.advance(selector);
  }

  /** Resolves when all that was to be written is queued, and the store may be closed. */
  queued(): Promise<void> {
    return this.unqueued.settled();
  }

  private put(fill: Fill): Promise<PutOutcome> {
    return isQuick(fill) ? this.toStore(fill) : this.putLater(fill);
  }

  private async putLater(fill: Fill): Promise<PutOutcome> {
    const { outcome } = await this.unqueued.track(() => this.queue(fill));
    return outcome;
  }

  /** @returns the outcome in an object: by itself it would be waited for here. */
  private async queue(fill: Fill): Promise<{ outcome: PutOutcome | Promise<PutOutcome> }> {
    const note = this.unwritten.begin(fill.head);
    try {
      // The answer leaves first: to copy megabytes, or only to start compressing them, takes this thread a while.
      await setImmediate();
      await fill.packed.compress?.();
      return { outcome: note.overtaken ? 'dropped' : this.toStore(fill) };
    } catch {
      // There is no memory for the bytes: the file does without.
      return { outcome: 'failed' };
    } finally {
      note.release();
    }
  }

  private toStore({ head, packed, knowing }: Fill): Promise<PutOutcome> {
    return this.store.put({ ...head, bytes: packed.toBytes() }, knowing);
  }
}

/** Queued at once, it stands before every later write, and a cleanup or a removal counts it. */
function isQuick({ packed }: Fill): boolean {
  return packed.compress === undefined && packed.byteLength <= QUICK_BYTES;
}

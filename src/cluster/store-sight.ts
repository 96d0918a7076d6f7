import type { Clock } from '../common/clock.js';

/**
 * How long after a server could be read again the other processes may take to make up for what they dropped meanwhile,
 * in milliseconds: each tries to connect once a second.
 */
const SETTLE_MS = 2_000;

/**
 * Whether what this process knows of the others is recent enough to answer with. By the monotonic clock, at every hit:
 * a timer would be late when the process was stopped.
 *
 * A server that could not be read could not be written either. What the others dropped meanwhile is then neither noted
 * nor removed when it is back, and whoever is back first would answer with it: so all wait until all have had the time
 * to make up for it. Rejected: to let a drop fail, for the posting that it is part of has been made.
 */
export class StoreSight {
  private lookedAt: number | undefined;
  /** `Infinity` while looks fail. */
  private behindUntil = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly maxStalenessMs: number,
  ) {}

  /** Milliseconds since the last look that succeeded began; `null` before the first one. */
  get lastLookMsAgo(): number | null {
    return this.lookedAt === undefined ? null : Math.round(this.clock.elapsed() - this.lookedAt);
  }

  /** Whether a look succeeded lately, and what it found is all there was. */
  get isRecent(): boolean {
    if (this.behindUntil !== Infinity && this.storeIsBehind) return false;
    return this.lookedAt !== undefined && this.clock.elapsed() - this.lookedAt <= this.maxStalenessMs;
  }

  /** Whether the store could not be read until a moment ago. */
  get storeIsBehind(): boolean {
    return this.behindUntil !== -Infinity && this.clock.elapsed() < this.behindUntil;
  }

  /** @param beganAt by {@link Clock.elapsed} */
  lookSucceeded(beganAt: number): void {
    this.lookedAt = beganAt;
    if (this.behindUntil === Infinity) this.behindUntil = this.clock.elapsed() + SETTLE_MS;
  }

  /** Where others may write to the store without this process. */
  lookFailed(): void {
    this.behindUntil = Infinity;
  }
}

import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../common/clock.js';
import type { Selectable } from '../common/entry-selector.js';
import { logDetail } from '../common/loggable.js';
import type { Telemetry, ShadowVerdict } from '../common/telemetry.js';
import { timerDelay } from '../common/timer-delay.js';
import type { GenerationNote } from './generations.js';
import type { StoredOutcome } from './outcome.js';
import type { ReportCache } from './report-cache.js';
import type { ShadowDifferences } from './shadow-differences.js';

/** Differences that wait for their verdict; what differs beyond that is judged at once as overtaken. */
const MAX_UNSETTLED = 100;

export interface ShadowOptions {
  /** Of the hits, 0 to 1. */
  readonly share: number;
  /** Handlers that run at once for nobody's answer. */
  readonly maxConcurrency: number;
}

/** A hit, and how to find out whether its source would still answer so. */
export interface ShadowedHit<T> {
  readonly target: Selectable;
  readonly found: StoredOutcome<T>;
  /** `undefined`: there is nothing to compare with. */
  readonly rerun: () => Promise<T | undefined>;
  readonly isSame: (stored: T, fresh: T) => Promise<boolean>;
}

/**
 * Runs the source of a share of the hits again, behind the answer. Where it answers otherwise, something changed that
 * told nobody: it is counted, and the entry goes. A change that the cache is about to learn of in its own time is none
 * of those: a difference counts once an invalidation had its time to come.
 */
export class ShadowChecks {
  private running = 0;
  private unsettled = 0;
  private readonly stopping = new AbortController();

  /**
   * @param settleMs how long after a difference an invalidation may still explain it.
   * @param random in [0, 1).
   */
  constructor(
    private readonly options: ShadowOptions | undefined,
    private readonly cache: ReportCache,
    private readonly differences: ShadowDifferences,
    private readonly telemetry: Telemetry,
    private readonly clock: Clock,
    private readonly settleMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether this hit is one of the share, and there is room to check it. */
  draws(): boolean {
    return (
      this.options !== undefined &&
      this.running < this.options.maxConcurrency &&
      this.random() < this.options.share
    );
  }

  /** Never rejects: nobody waits for it. */
  async check<T>(hit: ShadowedHit<T>): Promise<void> {
    if (this.options === undefined || this.running >= this.options.maxConcurrency) return;
    if (this.stopping.signal.aborted) return;
    const note = this.cache.watch(hit.target);
    try {
      const verdict = await this.judge(hit, note);
      if (verdict === 'none') return;
      this.telemetry.shadowChecked(hit.target.type, verdict);
      if (verdict === 'different') await this.expose(hit);
    } finally {
      note.release();
    }
  }

  /** Nothing is judged any more: the store is about to close. */
  stop(): void {
    this.stopping.abort();
  }

  private async judge<T>(hit: ShadowedHit<T>, note: GenerationNote): Promise<ShadowVerdict | 'none'> {
    const seen = await this.compare(hit);
    if (seen !== 'different') return seen;
    if (note.overtaken || !(await this.settles())) return 'overtaken';
    return note.overtaken ? 'overtaken' : 'different';
  }

  private async compare<T>({ found, rerun, isSame }: ShadowedHit<T>): Promise<ShadowVerdict | 'none'> {
    this.running += 1;
    try {
      const fresh = await this.cache.runIfFree(async () => ({ value: await rerun() }));
      if (fresh === undefined) return 'none';
      if (fresh.value === undefined) return 'failed';
      return (await isSame(found.value, fresh.value)) ? 'same' : 'different';
    } catch (error) {
      logDetail('%O', error);
      return 'failed';
    } finally {
      this.running -= 1;
    }
  }

  /** @returns whether the time has passed, and the app still runs. */
  private async settles(): Promise<boolean> {
    if (this.unsettled >= MAX_UNSETTLED) return false;
    this.unsettled += 1;
    try {
      await setTimeout(timerDelay(this.settleMs), undefined, { ref: false, signal: this.stopping.signal });
      return true;
    } catch {
      return false;
    } finally {
      this.unsettled -= 1;
    }
  }

  /** An entry that was stored meanwhile stays: nobody has found it wrong. */
  private async expose<T>({ target, found }: ShadowedHit<T>): Promise<void> {
    this.differences.add(target.type, this.clock.now() - found.createdAt);
    await this.cache.invalidate({ key: target.key, storedUpTo: found.createdAt });
  }
}

import type { WarmUpCause, WarmUpCounts, WarmUpEnd, WarmUpOutcome, WarmUpReport } from './warm-up-report.js';

/** Requests in a row that bring nothing, after which a warm-up gives up: the source is out, or the identity is none. */
const TOLERATED_IN_A_ROW = 5;

/** Counts what a warm-up does. */
export class WarmUpTally {
  private readonly counts: Record<WarmUpOutcome, number> = {
    warmed: 0,
    fresh: 0,
    unidentified: 0,
    refused: 0,
    strayed: 0,
    overtaken: 0,
    failed: 0,
  } satisfies WarmUpCounts;
  private planned = 0;
  private sourceMs = 0;
  private inARow = 0;
  private ended: { finishedAt: number; end: WarmUpEnd } | undefined;

  /** @param startedAt epoch milliseconds. */
  constructor(
    private readonly cause: WarmUpCause,
    private readonly startedAt: number,
  ) {}

  get report(): WarmUpReport {
    const { cause, startedAt, planned, sourceMs } = this;
    const { finishedAt = null, end = null } = this.ended ?? {};
    return { cause, startedAt, finishedAt, end, planned, sourceMs, ...this.counts };
  }

  /** Whether request after request has brought nothing. */
  get isHopeless(): boolean {
    return this.inARow >= TOLERATED_IN_A_ROW;
  }

  plan(requests: number): void {
    this.planned += requests;
  }

  /** @param sourceMs what the source took for it. */
  count(outcome: WarmUpOutcome, sourceMs = 0): void {
    this.counts[outcome] += 1;
    this.sourceMs += sourceMs;
    this.inARow = outcome === 'refused' || outcome === 'failed' ? this.inARow + 1 : 0;
  }

  /** @param finishedAt epoch milliseconds. */
  finish(end: WarmUpEnd, finishedAt: number): WarmUpReport {
    this.ended = { end, finishedAt };
    return this.report;
  }
}

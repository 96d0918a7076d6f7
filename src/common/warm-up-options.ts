import type { Duration } from './duration.js';

/** What a warm-up is about to ask the app for. */
export interface WarmUpTarget {
  /** The kind of report. */
  readonly type: string;
  /** `null`: it belongs to no company. */
  readonly companyId: string | null;
  /** The path of the request, without its query. */
  readonly path: string;
}

/** Request headers by name, such as `{ authorization: 'Bearer …' }`. */
export type WarmUpHeaders = Readonly<Record<string, string>>;

export interface WarmUpOptions {
  /**
   * The headers by which the app's guards know the identity that reports are asked for with; `undefined` leaves this
   * one alone. It should see what every user of a shared report sees, and nothing that they do not. Neither stored nor
   * logged. Default: no headers.
   */
  identify?: (target: WarmUpTarget) => WarmUpHeaders | undefined | Promise<WarmUpHeaders | undefined>;
  /** When to warm up, in cron syntax of five or six fields. Default: at no time of its own. */
  cron?: string;
  /**
   * Whether to warm up again what a posting, a watermark or code has dropped, `delay` (default 5 s) after the first
   * drop, so that postings that come together cost one run. Default `false`.
   */
  afterInvalidation?: boolean | { delay?: Duration };
  /** Requests of one warm-up at the most, and so queries of the source. Default 100. */
  maxRequests?: number;
  /** Requests that run at once. Default 1. */
  concurrency?: number;
  /** A report whose source takes less is not worth asking for. Default `'100ms'`. */
  minCost?: Duration;
  /** What nobody asked for within this time is forgotten. Default `'7d'`; for reports of each month's first day, `'35d'`. */
  lookBack?: Duration;
  /** A warm-up that takes longer ends; what it has asked for until then is there. Default `'30m'`. */
  maxDuration?: Duration;
}

/** {@link WarmUpOptions} with every default filled in. */
export interface ResolvedWarmUpOptions {
  readonly identify: WarmUpOptions['identify'];
  readonly cron: string | undefined;
  /** `undefined`: not after an invalidation. */
  readonly afterInvalidationMs: number | undefined;
  readonly maxRequests: number;
  readonly concurrency: number;
  readonly minCostMs: number;
  readonly lookBackMs: number;
  readonly maxDurationMs: number;
}

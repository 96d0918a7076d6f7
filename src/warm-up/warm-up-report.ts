import { z } from 'zod';

/** Why a warm-up began: `call`, by code or on the dashboard; `command`, from the command line. */
export type WarmUpCause = 'cron' | 'invalidation' | 'call' | 'command';

/**
 * How a warm-up ended: `completed`; `cancelled`, by `cancel()`, a signal or the app's end; `overtime`, after
 * `maxDuration`; `gave-up`, because request after request brought nothing; `failed`, because what to ask for could not
 * be read.
 */
export type WarmUpEnd = 'completed' | 'cancelled' | 'overtime' | 'gave-up' | 'failed';

/** What became of one request: see {@link WarmUpCounts}. */
export type WarmUpOutcome = keyof WarmUpCounts;

/** Requests of a warm-up by what became of them. */
export interface WarmUpCounts {
  /** The report ran and is kept. */
  readonly warmed: number;
  /** It was there by now. */
  readonly fresh: number;
  /** `identify` returned no headers for it, or threw. */
  readonly unidentified: number;
  /** The app refused the identity: 401 or 403. */
  readonly refused: number;
  /** It would have made another entry, or none: its route, its scope or the app's version changed. Nothing ran. */
  readonly strayed: number;
  /** It ran and was dropped by an invalidation meanwhile. */
  readonly overtaken: number;
  /** It ran into an error, or its answer may not be kept. */
  readonly failed: number;
}

/** A warm-up as far as it has come. */
export interface WarmUpReport extends WarmUpCounts {
  readonly cause: WarmUpCause;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Epoch milliseconds; `null` while it runs. */
  readonly finishedAt: number | null;
  /** `null` while it runs. */
  readonly end: WarmUpEnd | null;
  /** Requests that were chosen. */
  readonly planned: number;
  /** Milliseconds that the source took for those that were warmed. */
  readonly sourceMs: number;
}

export interface WarmUpProgress {
  /** `false`: the option `warmUp` is not given. */
  readonly enabled: boolean;
  /** The warm-up that runs in this process; `null` when none does. */
  readonly running: WarmUpReport | null;
  /** The last one that ended in this process; `null` when none has. */
  readonly last: WarmUpReport | null;
}

/** The newest warm-up of all processes that share the store, as they note it there. */
export interface SharedWarmUp {
  readonly report: WarmUpReport;
  /** How it ended; `'lost'`: its process has not been heard of for half a minute, though it never ended. */
  readonly state: WarmUpEnd | 'running' | 'lost';
}

/** Where the store has it, as JSON; hidden from `CacheConfigService`. */
export const PROGRESS_KEY = 'reports-cache:warm-up';

/** One that runs is noted every second. Milliseconds. */
const LOST_AFTER_MS = 30_000;

const count = z.int().nonnegative();

/** A report as it is noted in the store. */
export const warmUpReport = z.object({
  cause: z.enum(['cron', 'invalidation', 'call', 'command']),
  startedAt: z.int(),
  finishedAt: z.int().nullable(),
  end: z.enum(['completed', 'cancelled', 'overtime', 'gave-up', 'failed']).nullable(),
  planned: count,
  sourceMs: z.number(),
  warmed: count,
  fresh: count,
  unidentified: count,
  refused: count,
  strayed: count,
  overtaken: count,
  failed: count,
}) satisfies z.ZodType<WarmUpReport>;

/**
 * What stands under {@link PROGRESS_KEY}; `null` for nothing, and for what no version of this module wrote.
 * @param now epoch milliseconds.
 */
export function readSharedWarmUp(
  noted: { readonly value: string; readonly updatedAt: number } | null,
  now: number,
): SharedWarmUp | null {
  if (noted === null) return null;
  try {
    const report = warmUpReport.parse(JSON.parse(noted.value));
    const isLost = now - Number(noted.updatedAt) > LOST_AFTER_MS;
    return { report, state: report.end ?? (isLost ? 'lost' : 'running') };
  } catch {
    return null;
  }
}

/** How many requests have been dealt with. */
export function doneOf(report: WarmUpReport): number {
  const { warmed, fresh, unidentified, refused, strayed, overtaken, failed } = report;
  return warmed + fresh + unidentified + refused + strayed + overtaken + failed;
}

/** Whether somebody waits to see what becomes of it, also where it finds nothing to do. */
export function isWatched({ cause }: WarmUpReport): boolean {
  return cause === 'call' || cause === 'command';
}

/** `3 of 12 reports warmed, 1 refused`. */
export function describeReport(report: WarmUpReport): string {
  const others = (['fresh', 'unidentified', 'refused', 'strayed', 'overtaken', 'failed'] as const)
    .filter((outcome) => report[outcome] > 0)
    .map((outcome) => `, ${report[outcome]} ${outcome}`);
  return `${report.warmed} of ${report.planned} reports warmed${others.join('')}`;
}

import { readCompanyId } from '../common/company-id.js';
import { isRequestOutcome, type RequestOutcome } from '../common/request-outcome.js';
import { type PerformanceSampleRow } from '../storage/repositories/performance-log.repository.js';

/** One cacheable request, as it is logged. */
export interface PerformanceSample {
  type: string;
  /** `null`: the report belongs to no company. */
  companyId: string | null;
  hit: boolean;
  /** Milliseconds from the request's arrival to its answer. */
  responseTimeMs: number;
  /** What the source usually takes, in milliseconds; `null` while nobody knows. */
  estimatedSourceTimeMs: number | null;
  /** Milliseconds that the cache spared this request; `null` while nobody knows. */
  timeSavedMs: number | null;
  /** `null`: nobody was signed in. */
  username: string | null;
  /** Epoch milliseconds. */
  timestamp: number;
  /** What became of it. Default: as `hit` says. */
  outcome?: RequestOutcome;
  /** Why there was nothing to answer with, such as `'cold'` or `'ttl'`. Default: nobody knows. */
  missReason?: string;
  /** Milliseconds the source really took for this request. Default: it did not run, or nobody measured it. */
  sourceTimeMs?: number;
}

/**
 * The row of a sample, or `undefined` for one that no table could hold. One such row would fail the transaction it
 * is written in, and with it the rows of everybody else, again at every retry.
 */
export function toRow(sample: PerformanceSample): PerformanceSampleRow | undefined {
  const { type, hit, responseTimeMs, timestamp } = sample;
  const isSound =
    typeof type === 'string' &&
    type !== '' &&
    typeof hit === 'boolean' &&
    Number.isFinite(responseTimeMs) &&
    Number.isSafeInteger(timestamp);
  if (!isSound) return undefined;
  return {
    cacheType: type.toWellFormed(),
    companyId: readCompanyId(sample.companyId) ?? null,
    cacheHit: hit,
    responseTimeMs,
    estimatedOracleTimeMs: finiteOrNull(sample.estimatedSourceTimeMs),
    timeSavedMs: finiteOrNull(sample.timeSavedMs),
    username: typeof sample.username === 'string' ? sample.username.toWellFormed() : null,
    timestamp,
    outcome: isRequestOutcome(sample.outcome) ? sample.outcome : null,
    missReason: (typeof sample.missReason === 'string' && sample.missReason.toWellFormed()) || null,
    sourceTimeMs: finiteOrNull(sample.sourceTimeMs),
  };
}

function finiteOrNull(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

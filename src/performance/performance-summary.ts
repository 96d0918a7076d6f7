import { type CompanyId, requireCompanyId } from '../common/company-id.js';
import { InvalidArgumentError } from '../common/errors.js';
import { requireText } from '../common/text.js';
import {
  type PerformanceFigures as StoredFigures,
  type PerformanceFilter,
  type PerformanceSummaryRows,
} from '../storage/repositories/performance-summary.js';

/** Which requests to sum up; without a condition, all that are kept (option `performance.retention`). */
export interface PerformanceSummaryQuery {
  /** From this instant on: a Date, or epoch milliseconds. */
  since?: Date | number;
  type?: string;
  companyId?: CompanyId;
}

/** Response times in milliseconds by nearest rank; `null` when there was no such request. */
export interface ResponseTimes {
  p50Ms: number | null;
  p95Ms: number | null;
}

/** Figures of a group of requests. */
export interface PerformanceFigures {
  hits: number;
  misses: number;
  /** Hits by requests, 0 to 1; `null` when there was no request. */
  hitRatio: number | null;
  hit: ResponseTimes;
  miss: ResponseTimes;
  /** The sum over all requests that know it, in milliseconds. */
  timeSavedMs: number;
}

/** All requests that match, then the same by type and by company. */
export interface PerformanceSummary extends PerformanceFigures {
  byType: (PerformanceFigures & { type: string })[];
  /** `companyId` is `null` for reports that belong to no company. */
  byCompany: (PerformanceFigures & { companyId: string | null })[];
}

/** @throws {InvalidArgumentError} naming the condition that is none. */
export function toFilter({ since, type, companyId }: PerformanceSummaryQuery): PerformanceFilter {
  return {
    since: since === undefined ? undefined : requireInstant(since),
    type: type === undefined ? undefined : requireText(type, 'type'),
    companyId: companyId === undefined ? undefined : requireCompanyId(companyId, 'companyId'),
  };
}

export function toSummary({ overall, byType, byCompany }: PerformanceSummaryRows): PerformanceSummary {
  return {
    ...toFigures(overall),
    byType: byType.map((group) => ({ type: group.type, ...toFigures(group) })),
    byCompany: byCompany.map((group) => ({ companyId: group.companyId, ...toFigures(group) })),
  };
}

function toFigures(stored: StoredFigures): PerformanceFigures {
  const { hits, misses, timeSavedMs } = stored;
  return {
    hits,
    misses,
    hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
    hit: { p50Ms: stored.hitP50, p95Ms: stored.hitP95 },
    miss: { p50Ms: stored.missP50, p95Ms: stored.missP95 },
    timeSavedMs,
  };
}

function requireInstant(since: Date | number): number {
  const time = since instanceof Date ? since.getTime() : since;
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  throw new InvalidArgumentError('since must be a valid Date or epoch milliseconds');
}

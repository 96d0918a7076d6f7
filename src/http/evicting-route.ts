import { HttpException, Inject, Injectable, type CallHandler } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ReportCache } from '../cache/report-cache.js';
import { readCompanyId } from '../common/company-id.js';
import type { EntrySelector } from '../common/entry-selector.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { ResolvedOptions } from '../common/options.js';
import { REPORTS_CACHE_OPTIONS } from '../common/tokens.js';
import { isClientError } from './client-error.js';
import { isOddlySpeltNumber } from './company-spelling.js';
import type { HttpRequest } from './http-types.js';
import type { EvictPlan } from './route-plan.js';
import { RouteWarnings } from './route-warnings.js';

/** Drops entries when a `@CacheEvict()` route has done its work, before its answer leaves. */
@Injectable()
export class EvictingRoute {
  constructor(
    private readonly cache: ReportCache,
    private readonly warnings: RouteWarnings,
    @Inject(REPORTS_CACHE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  handle(plan: EvictPlan, request: HttpRequest, next: CallHandler): Observable<unknown> {
    return from(this.run(plan, request, next));
  }

  private async run(plan: EvictPlan, request: HttpRequest, next: CallHandler): Promise<unknown> {
    let changedNothing = false;
    try {
      return await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      // Of other errors with a 4xx nobody knows whether the books changed before.
      changedNothing = error instanceof HttpException && isClientError(error);
      throw error;
    } finally {
      if (!changedNothing) await this.evict(this.toSelector(plan, request));
    }
  }

  /**
   * Memory is emptied and the rows are masked at once; the commit is waited for no longer than for any other answer
   * of the store, so that a store that hangs does not hold up a posting.
   */
  private async evict(selector: EntrySelector): Promise<void> {
    const { storeTimeoutMs } = this.options;
    const late = (): Error => new StoreTimeoutError(storeTimeoutMs);
    await inTime(this.cache.invalidate(selector), storeTimeoutMs, late).catch(() => undefined);
  }

  /** What cannot be read widens the eviction: dropping too much costs a query, dropping too little shows old figures. */
  private toSelector(plan: EvictPlan, request: HttpRequest): EntrySelector {
    const { type } = plan;
    try {
      return { type, companyId: readOptionalCompany(plan, request), tags: readOptionalTags(plan, request) };
    } catch {
      this.warnings.evictionWidened(plan.route);
      return { type };
    }
  }
}

function readOptionalCompany({ company }: EvictPlan, request: HttpRequest): string | undefined {
  const value = company?.(request);
  if (value === undefined || value === null) return undefined;
  const companyId = readCompanyId(value);
  // The handler's pipe may have read another spelling, and booked into the company that it means.
  if (companyId === undefined || isOddlySpeltNumber(companyId)) throw new TypeError('company');
  return companyId;
}

function readOptionalTags({ tags }: EvictPlan, request: HttpRequest): readonly string[] | undefined {
  const value: unknown = tags?.(request);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string')) throw new TypeError('tags');
  return value;
}

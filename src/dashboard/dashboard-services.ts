import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CacheService } from '../cache/cache.service.js';
import { EntrySearchService } from '../cache/entry-search.service.js';
import { ShadowDifferences } from '../cache/shadow-differences.js';
import type { Clock } from '../common/clock.js';
import type { EntryRefresher } from '../common/entry-refresher.js';
import { InvalidOptionsError } from '../common/errors.js';
import type { ResolvedOptions } from '../common/options.js';
import {
  REPORTS_CACHE_CLOCK,
  REPORTS_CACHE_ENTRY_REFRESHER,
  REPORTS_CACHE_OPTIONS,
} from '../common/tokens.js';
import { WatermarkService } from '../invalidation/watermark.service.js';
import { CacheStatusService } from '../maintenance/cache-status.service.js';
import { PerformanceLogService } from '../performance/performance-log.service.js';
import { PerformanceReportService } from '../performance/performance-report.service.js';
import { AuditLogService } from '../settings/audit-log.service.js';
import { CacheConfigService } from '../settings/cache-config.service.js';
import { UserCacheSettingsService } from '../settings/user-cache-settings.service.js';
import { WarmUpService } from '../warm-up/warm-up.service.js';

/** A class or token of what the app's `ReportsCacheModule` exports. */
type Token<T> = symbol | (abstract new (...args: never[]) => T);

/**
 * What the dashboard is made of: services that `ReportsCacheModule` exports. Looked for in the whole app, so that the
 * module need not be global, when they are first needed, for then all of them are there.
 */
@Injectable()
export class DashboardServices {
  private readonly found = new Map<Token<unknown>, unknown>();

  constructor(private readonly moduleRef: ModuleRef) {}

  get cache(): CacheService {
    return this.get(CacheService);
  }

  get entries(): EntrySearchService {
    return this.get(EntrySearchService);
  }

  get performance(): PerformanceReportService {
    return this.get(PerformanceReportService);
  }

  get log(): PerformanceLogService {
    return this.get(PerformanceLogService);
  }

  get status(): CacheStatusService {
    return this.get(CacheStatusService);
  }

  get watermarks(): WatermarkService {
    return this.get(WatermarkService);
  }

  get config(): CacheConfigService {
    return this.get(CacheConfigService);
  }

  get users(): UserCacheSettingsService {
    return this.get(UserCacheSettingsService);
  }

  get audit(): AuditLogService {
    return this.get(AuditLogService);
  }

  get warmUp(): WarmUpService {
    return this.get(WarmUpService);
  }

  get shadow(): ShadowDifferences {
    return this.get(ShadowDifferences);
  }

  get options(): ResolvedOptions {
    return this.get<ResolvedOptions>(REPORTS_CACHE_OPTIONS);
  }

  get clock(): Clock {
    return this.get<Clock>(REPORTS_CACHE_CLOCK);
  }

  /** `undefined` where nobody can run a report again. */
  get refresher(): EntryRefresher | undefined {
    try {
      return this.get<EntryRefresher>(REPORTS_CACHE_ENTRY_REFRESHER);
    } catch {
      return undefined;
    }
  }

  /** @throws {InvalidOptionsError} when the app has no `ReportsCacheModule`. */
  requireCache(): void {
    try {
      this.get(CacheService);
    } catch {
      throw new InvalidOptionsError(
        ['import ReportsCacheModule.forRoot() in the same app: there is no cache to show'],
        'ReportsCacheDashboardModule',
      );
    }
  }

  private get<T>(token: Token<T>): T {
    if (!this.found.has(token)) {
      this.found.set(token, this.moduleRef.get(token, { strict: false }));
    }
    return this.found.get(token) as T;
  }
}

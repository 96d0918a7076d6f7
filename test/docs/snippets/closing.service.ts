import { Injectable } from '@nestjs/common';
import { CacheService, month, periodTags } from 'nestjs-reports-cache';
import { ReportsService, type TrialBalance } from './reports.service.js';

@Injectable()
export class ClosingService {
  constructor(
    private readonly cache: CacheService,
    private readonly reports: ReportsService,
  ) {}

  trialBalance(companyId: string, period: string): Promise<TrialBalance> {
    const key = JSON.stringify(['closing', companyId, period]);
    return this.cache.getOrSet(key, () => this.reports.trialBalance(companyId, period), {
      type: 'closing',
      companyId,
      ttl: '3y',
      tags: periodTags(month(period)),
    });
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { Cacheable } from 'nestjs-reports-cache';
import { ReportsService, type TrialBalance } from './reports.service.js';

@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get('trial-balance')
  @Cacheable({ type: 'trial-balance', ttl: '12h', params: ['companyId', 'period'] })
  trialBalance(
    @Query('companyId') companyId: string,
    @Query('period') period: string,
  ): Promise<TrialBalance> {
    return this.reports.trialBalance(companyId, period);
  }
}

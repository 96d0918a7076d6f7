import { Controller, Get, Query } from '@nestjs/common';
import { Cacheable, type CacheableOptions } from 'nestjs-reports-cache';
import { SimulatedClock } from './simulated-clock.js';

interface ReportRequest {
  query: { period: string };
}

const options: CacheableOptions = {
  scope: 'company',
  params: ['companyId', 'period'],
  tags: (request: ReportRequest) => [`period:${request.query.period}`],
};

/** The reports of an ERP, each as slow as its kind is. */
@Controller('reports')
export class ErpReportsController {
  constructor(private readonly clock: SimulatedClock) {}

  @Get('trial-balance')
  @Cacheable({ ...options, type: 'trial-balance', ttl: '4h' })
  trialBalance(@Query('companyId') companyId: string, @Query('period') period: string) {
    return this.run(companyId, period, 2_400, 60);
  }

  @Get('open-items')
  @Cacheable({ ...options, type: 'open-items', ttl: '30m' })
  openItems(@Query('companyId') companyId: string, @Query('period') period: string) {
    return this.run(companyId, period, 3_900, 180);
  }

  @Get('profit-and-loss')
  @Cacheable({ ...options, type: 'profit-and-loss', ttl: '4h' })
  profitAndLoss(@Query('companyId') companyId: string, @Query('period') period: string) {
    return this.run(companyId, period, 1_700, 40);
  }

  @Get('stock-valuation')
  @Cacheable({ ...options, type: 'stock-valuation', ttl: '12h' })
  stockValuation(@Query('companyId') companyId: string, @Query('period') period: string) {
    return this.run(companyId, period, 9_200, 600);
  }

  @Get('vat-return')
  @Cacheable({ ...options, type: 'vat-return', ttl: '12h' })
  vatReturn(@Query('companyId') companyId: string, @Query('period') period: string) {
    return this.run(companyId, period, 12_500, 20);
  }

  private run(companyId: string, period: string, usualMs: number, lines: number) {
    const spread = 0.7 + ((Number(companyId) * 31 + this.clock.now()) % 100) / 140;
    this.clock.advance(usualMs * spread);
    const accounts = Array.from({ length: lines }, (_, line) => ({
      account: String(1_000 + line),
      debit: (line * 37.5).toFixed(2),
      credit: (line * 21.25).toFixed(2),
    }));
    return { companyId, period, accounts };
  }
}

import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Cacheable, CacheEvict, isClosed, periodTag, periodTags, yearToDate } from 'nestjs-reports-cache';
import { type Posting, PostingsService } from './postings.service.js';
import { ReportsService, type TrialBalance } from './reports.service.js';

interface PeriodRequest {
  query: { period: string };
}

interface PostingRequest {
  params: { month: string };
  body: Posting;
}

const CLOSED_THROUGH = '2025-12';
const monthsOf = (request: PeriodRequest) => yearToDate(request.query.period);

@Controller('year-to-date')
export class YearToDateController {
  constructor(
    private readonly reports: ReportsService,
    private readonly postings: PostingsService,
  ) {}

  @Get()
  @Cacheable({
    tags: (request: PeriodRequest) => periodTags(monthsOf(request)),
    ttl: (request: PeriodRequest) => (isClosed(monthsOf(request), CLOSED_THROUGH) ? '1y' : '15m'),
  })
  yearToDate(@Query('companyId') companyId: string, @Query('period') period: string): Promise<TrialBalance> {
    return this.reports.trialBalance(companyId, period);
  }

  @Post(':month/postings')
  @CacheEvict({
    company: (request: PostingRequest) => request.body.companyId,
    tags: (request: PostingRequest) => [periodTag(request.params.month)],
  })
  post(@Body() posting: Posting): Promise<void> {
    return this.postings.post(posting);
  }
}

import {
  Controller,
  Get,
  Query,
  StandardSchemaValidationPipe,
  type StreamableFile,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { Cacheable, type CacheableOptions, isClosed, periodTags } from 'nestjs-reports-cache';
import { AccessGuard } from '../auth/access.guard.js';
import { companyOf } from '../auth/company-of.js';
import { type ReportRequest } from '../auth/users.js';
import { CLOSED_THROUGH } from '../erp/book-years.js';
import { type MonthProfit } from './monthly-profit.report.js';
import { toCsvFile } from './order-lines.csv.js';
import { type OrderLine } from './order-lines.report.js';
import { asksForReport, monthsOf } from './report-months.js';
import { reportQuery, type ReportQuery } from './report-query.js';
import { type Report, ReportsService } from './reports.service.js';
import { type CategorySales } from './sales-by-category.report.js';
import { type TopCustomer } from './top-customers.report.js';

/**
 * What the reports have in common.
 *
 * Scope `company`: the guard decides who may see a company, on hits as on misses, and all who may are shown the same
 * figures. Under the default scope, `user`, alice and bob would each wait for their own copy of the same bytes.
 *
 * Tags: the months that a report is made of, by which an order drops the reports that show it, and no others. TTLs can
 * be long, then: they bound what bookings by hand leave stale, and nobody books into closed months by hand.
 */
const perCompany: CacheableOptions = {
  scope: 'company',
  company: companyOf,
  params: ['companyId', 'period', 'year'],
  condition: asksForReport,
  tags: (request: ReportRequest) => periodTags(monthsOf(request)),
  ttl: (request: ReportRequest) => (isClosed(monthsOf(request), CLOSED_THROUGH) ? '1y' : '12h'),
};

@Controller('reports')
@UseGuards(AccessGuard)
@UsePipes(new StandardSchemaValidationPipe())
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get('sales-by-category')
  @Cacheable({ type: 'sales-by-category', ...perCompany })
  salesByCategory(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<CategorySales>> {
    return this.reports.salesByCategory(query);
  }

  @Get('monthly-profit')
  @Cacheable({ type: 'monthly-profit', ...perCompany })
  monthlyProfit(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<MonthProfit>> {
    return this.reports.monthlyProfit(query);
  }

  @Get('top-customers')
  @Cacheable({ type: 'top-customers', ...perCompany })
  topCustomers(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<TopCustomer>> {
    return this.reports.topCustomers(query);
  }

  @Get('order-lines')
  @Cacheable({ type: 'order-lines', ...perCompany })
  orderLines(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<OrderLine>> {
    return this.reports.orderLines(query);
  }

  @Get('order-lines.csv')
  @Cacheable({ type: 'order-lines.csv', ...perCompany })
  async orderLinesCsv(@Query({ schema: reportQuery }) query: ReportQuery): Promise<StreamableFile> {
    return toCsvFile(await this.reports.orderLines(query));
  }
}

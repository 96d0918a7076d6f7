import {
  Controller,
  Get,
  Query,
  StandardSchemaValidationPipe,
  type StreamableFile,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { Cacheable } from 'nestjs-reports-cache';
import { AccessGuard } from '../auth/access.guard.js';
import { companyOf } from '../auth/company-of.js';
import { type MonthProfit } from './monthly-profit.report.js';
import { toCsvFile } from './order-lines.csv.js';
import { type OrderLine } from './order-lines.report.js';
import { reportQuery, type ReportQuery } from './report-query.js';
import { type Report, ReportsService } from './reports.service.js';
import { type CategorySales } from './sales-by-category.report.js';
import { type TopCustomer } from './top-customers.report.js';

/**
 * What the reports have in common.
 *
 * Scope `company`: the guard decides who may see a company, on hits as on misses, and all who may are shown the same
 * figures. Under the default scope, `user`, alice and bob would each wait for their own copy of the same bytes.
 */
const perCompany = { scope: 'company', company: companyOf, params: ['companyId', 'period', 'year'] } as const;

/** TTLs are long: an order that is booked drops its company's reports. They bound what bookings by hand leave stale. */
@Controller('reports')
@UseGuards(AccessGuard)
@UsePipes(new StandardSchemaValidationPipe())
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get('sales-by-category')
  @Cacheable({ type: 'sales-by-category', ttl: '12h', ...perCompany })
  salesByCategory(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<CategorySales>> {
    return this.reports.salesByCategory(query);
  }

  @Get('monthly-profit')
  @Cacheable({ type: 'monthly-profit', ttl: '12h', ...perCompany })
  monthlyProfit(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<MonthProfit>> {
    return this.reports.monthlyProfit(query);
  }

  @Get('top-customers')
  @Cacheable({ type: 'top-customers', ttl: '12h', ...perCompany })
  topCustomers(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<TopCustomer>> {
    return this.reports.topCustomers(query);
  }

  @Get('order-lines')
  @Cacheable({ type: 'order-lines', ttl: '1h', ...perCompany })
  orderLines(@Query({ schema: reportQuery }) query: ReportQuery): Promise<Report<OrderLine>> {
    return this.reports.orderLines(query);
  }

  @Get('order-lines.csv')
  @Cacheable({ type: 'order-lines.csv', ttl: '1h', ...perCompany })
  async orderLinesCsv(@Query({ schema: reportQuery }) query: ReportQuery): Promise<StreamableFile> {
    return toCsvFile(await this.reports.orderLines(query));
  }
}

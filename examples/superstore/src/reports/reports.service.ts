import { Injectable } from '@nestjs/common';
import { ErpDatabase } from '../erp/erp-database.js';
import { bind } from './booked-line.sql.js';
import { type MonthProfit, MONTHLY_PROFIT } from './monthly-profit.report.js';
import { type OrderLine, ORDER_LINES } from './order-lines.report.js';
import { type ReportQuery } from './report-query.js';
import { type CategorySales, SALES_BY_CATEGORY } from './sales-by-category.report.js';
import { type TopCustomer, TOP_CUSTOMERS } from './top-customers.report.js';

/** A report: the books it covers, and its rows. */
export interface Report<Row> extends ReportQuery {
  readonly rows: readonly Row[];
}

/** Computes reports from the books, each time anew. That they are kept is none of its business. */
@Injectable()
export class ReportsService {
  constructor(private readonly erp: ErpDatabase) {}

  salesByCategory(query: ReportQuery): Promise<Report<CategorySales>> {
    return this.report(SALES_BY_CATEGORY, query);
  }

  monthlyProfit(query: ReportQuery): Promise<Report<MonthProfit>> {
    return this.report(MONTHLY_PROFIT, query);
  }

  topCustomers(query: ReportQuery): Promise<Report<TopCustomer>> {
    return this.report(TOP_CUSTOMERS, query);
  }

  orderLines(query: ReportQuery): Promise<Report<OrderLine>> {
    return this.report(ORDER_LINES, query);
  }

  private async report<Row>(sql: string, query: ReportQuery): Promise<Report<Row>> {
    return { ...query, rows: await this.erp.read<Row>(sql, bind(query)) };
  }
}

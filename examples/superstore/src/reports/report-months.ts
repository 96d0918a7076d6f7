import { month, type PeriodRange, wholeYear } from 'nestjs-reports-cache';
import { type ReportRequest } from '../auth/users.js';
import { FIRST_MONTH } from '../erp/book-years.js';
import { reportQuery } from './report-query.js';

/** Whether the request asks for a report that there is. One that does not is refused by the pipe, with the reason. */
export function asksForReport(request: ReportRequest): boolean {
  return reportQuery.safeParse(request.query).success;
}

/**
 * The months of the books that the report is made of: all up to its last, because every report also shows figures to
 * date. One that shows its own year alone would begin with January: `yearToDate(period)`.
 */
export function monthsOf(request: ReportRequest): PeriodRange {
  const { period } = reportQuery.parse(request.query);
  const { to } = period.length === 4 ? wholeYear(period) : month(period);
  return { from: FIRST_MONTH, to };
}

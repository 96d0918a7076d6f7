import { z } from 'zod';
import { isInBooks, NOT_IN_BOOKS } from '../erp/book-years.js';
import { companyId } from '../erp/company-id.js';

/** Which books a report covers. */
export interface ReportQuery {
  readonly companyId: number;
  /** The year or month asked for, `2025` or `2025-11`. */
  readonly period: string;
}

/** The query parameters of every report: `companyId`, and either `period` (a month) or `year`. */
export const reportQuery = z
  .object({
    companyId,
    period: z
      .string({ error: 'must be given once' })
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'must be a month, such as 2025-11', abort: true })
      .refine(isInBooks, { error: NOT_IN_BOOKS })
      .optional(),
    year: z
      .string({ error: 'must be given once' })
      .regex(/^\d{4}$/, { error: 'must be a year, such as 2025', abort: true })
      .refine(isInBooks, { error: NOT_IN_BOOKS })
      .optional(),
  })
  .refine(({ period, year }) => (period === undefined) !== (year === undefined), {
    path: ['period'],
    error: 'must be given, or year instead, and not both',
  })
  .transform(({ companyId, period, year }): ReportQuery => ({ companyId, period: (period ?? year)! }));

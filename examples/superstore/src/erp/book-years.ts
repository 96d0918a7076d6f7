import { readSettings } from '../settings.js';
import { LAST_REAL_YEAR } from './further-years.sql.js';

/** The month with which the books begin. */
export const FIRST_MONTH = '2014-01';

/**
 * The last month that is closed: December before the ledger's last year. A constant, because a decorator's options are
 * there before Nest builds anything that it could inject; the books of an ERP would be asked now and then.
 */
export const CLOSED_THROUGH = `${LAST_REAL_YEAR + readSettings(process.env).furtherYears - 1}-12`;

/** Whether the books have this year, month or day, such as `2025`, `2025-11` or `2025-11-28`. */
export function isInBooks(date: string): boolean {
  return date >= '2014' && date < '2050';
}

/** What is wrong with a date that is not in the books. */
export const NOT_IN_BOOKS = 'must be from 2014 to 2049';

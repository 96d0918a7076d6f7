import { type SqlParameters } from '../erp/erp-connection.js';
import { type ReportQuery } from './report-query.js';

/**
 * What every report starts from: the company's order lines since its first day, with sale and profit summed from what
 * was posted. CROSS JOIN keeps SQLite from another order of the tables, in which it would have to sort.
 */
export const BOOKED_LINE = `
  booked_line AS (
    SELECT orders.number, order_date, customer_id, order_lines.line_no, product_id, quantity,
           sum(amount) FILTER (WHERE account < 5000) AS sales, sum(amount) AS profit
    FROM orders
    CROSS JOIN order_lines ON order_lines.order_number = orders.number
    CROSS JOIN postings ON postings.order_number = orders.number AND postings.line_no = order_lines.line_no
    WHERE company_id = $company AND order_date < $end
    GROUP BY orders.number, order_lines.line_no
  )
`;

/** The same lines, one row an order. */
export const BOOKED_ORDER = `
  booked_order AS (
    SELECT number, order_date, customer_id, sum(sales) AS sales, sum(profit) AS profit
    FROM booked_line GROUP BY number
  )
`;

/** `2025` bounds the texts from 2025-01-01 to 2025-12-31, and `2025-11` those of its days. */
export function bind({ companyId, period }: ReportQuery): SqlParameters {
  return { $company: companyId, $start: period, $end: `${period}-99` };
}

/** SQL for an amount in the ledger's units, as money with two decimals. */
export function money(amount: string): string {
  return `round((${amount}) / 10000.0, 2)`;
}

import { BOOKED_LINE } from './booked-line.sql.js';

/** Amounts keep the ledger's four decimals. */
export interface OrderLine {
  order: string;
  date: string;
  customer: string;
  product: string;
  quantity: number;
  sales: number;
  profit: number;
}

export const ORDER_LINES = `
  WITH ${BOOKED_LINE}
  SELECT number AS "order", order_date AS date, customers.name AS customer, products.code AS product,
         quantity, sales / 10000.0 AS sales, profit / 10000.0 AS profit
  FROM booked_line
  JOIN customers ON customers.id = customer_id
  JOIN products ON products.id = product_id
  WHERE order_date >= $start
  ORDER BY order_date, number, line_no
`;

import { BOOKED_LINE, BOOKED_ORDER, money } from './booked-line.sql.js';

export interface TopCustomer {
  customer: string;
  name: string;
  segment: string;
  sales: number;
  profit: number;
  orders: number;
  /** All since the company's first day, as are the two below. */
  salesToDate: number;
  rankToDate: number;
  /** `null` after a single order. */
  daysBetweenOrders: number | null;
}

/** The twenty with most sales in the period. */
export const TOP_CUSTOMERS = `
  WITH ${BOOKED_LINE}, ${BOOKED_ORDER},
  paced_order AS (
    SELECT *, order_date >= $start AS in_period,
           julianday(order_date) - julianday(lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date)) AS gap
    FROM booked_order
  ),
  customer AS (
    SELECT customer_id, sum(sales) FILTER (WHERE in_period) AS sales, sum(profit) FILTER (WHERE in_period) AS profit,
           count(*) FILTER (WHERE in_period) AS orders, sum(sales) AS sales_to_date, avg(gap) AS gap
    FROM paced_order GROUP BY customer_id
  ),
  ranked AS (SELECT *, rank() OVER (ORDER BY sales_to_date DESC) AS rank_to_date FROM customer)
  SELECT code AS customer, name, segment, ${money('sales')} AS sales, ${money('profit')} AS profit, orders,
         ${money('sales_to_date')} AS salesToDate, rank_to_date AS rankToDate, round(gap, 1) AS daysBetweenOrders
  FROM ranked JOIN customers ON customers.id = customer_id
  WHERE orders > 0 ORDER BY ranked.sales DESC, code LIMIT 20
`;

import { BOOKED_LINE, BOOKED_ORDER, money } from './booked-line.sql.js';

export interface MonthProfit {
  month: string;
  orders: number;
  customers: number;
  sales: number;
  profit: number;
  medianOrder: number;
  profitOfTwelveMonths: number;
  /** Since the company's first day. */
  profitToDate: number;
}

export const MONTHLY_PROFIT = `
  WITH ${BOOKED_LINE}, ${BOOKED_ORDER},
  placed_order AS (
    SELECT substr(order_date, 1, 7) AS month, customer_id, sales, profit,
           row_number() OVER (PARTITION BY substr(order_date, 1, 7) ORDER BY sales) AS place,
           count(*) OVER (PARTITION BY substr(order_date, 1, 7)) AS orders
    FROM booked_order
  ),
  month AS (
    SELECT month, orders, count(DISTINCT customer_id) AS customers, sum(sales) AS sales, sum(profit) AS profit,
           max(sales) FILTER (WHERE place = (orders + 1) / 2) AS median,
           substr(month, 1, 4) * 12 + substr(month, 6) AS ordinal
    FROM placed_order GROUP BY month
  ),
  running AS (
    SELECT *,
           sum(profit) OVER (ORDER BY ordinal RANGE BETWEEN 11 PRECEDING AND CURRENT ROW) AS of_twelve_months,
           sum(profit) OVER (ORDER BY ordinal) AS to_date
    FROM month
  )
  SELECT month, orders, customers, ${money('sales')} AS sales, ${money('profit')} AS profit,
         ${money('median')} AS medianOrder, ${money('of_twelve_months')} AS profitOfTwelveMonths,
         ${money('to_date')} AS profitToDate
  FROM running WHERE month >= $start ORDER BY month
`;

import { BOOKED_LINE, money } from './booked-line.sql.js';

export interface CategorySales {
  category: string;
  subCategory: string;
  sales: number;
  profit: number;
  quantity: number;
  customers: number;
  /** The median of the period's lines, and of all lines before it. */
  medianLine: number;
  medianLineBefore: number | null;
  /** Since the company's first day. */
  salesToDate: number;
}

export const SALES_BY_CATEGORY = `
  WITH ${BOOKED_LINE},
  placed_line AS (
    SELECT category, sub_category, customer_id, quantity, sales, profit, order_date >= $start AS in_period,
           row_number() OVER same_kind AS place,
           count(*) OVER (PARTITION BY sub_category, order_date >= $start) AS places
    FROM booked_line JOIN products ON products.id = product_id
    WINDOW same_kind AS (PARTITION BY sub_category, order_date >= $start ORDER BY sales)
  )
  SELECT category, sub_category AS subCategory,
         ${money('sum(sales) FILTER (WHERE in_period)')} AS sales,
         ${money('sum(profit) FILTER (WHERE in_period)')} AS profit,
         sum(quantity) FILTER (WHERE in_period) AS quantity,
         count(DISTINCT customer_id) FILTER (WHERE in_period) AS customers,
         ${money('max(sales) FILTER (WHERE in_period AND place = (places + 1) / 2)')} AS medianLine,
         ${money('max(sales) FILTER (WHERE NOT in_period AND place = (places + 1) / 2)')} AS medianLineBefore,
         ${money('sum(sales)')} AS salesToDate
  FROM placed_line
  GROUP BY category, sub_category
  HAVING max(in_period)
  ORDER BY sales DESC, sub_category
`;

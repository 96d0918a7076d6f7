/** Takes the rows of the CSV file as one JSON text, its only parameter: one statement instead of 9,994. */
export const STAGE_CSV = `
  INSERT INTO temp.csv
  SELECT value ->> 1, row_number() OVER (PARTITION BY value ->> 1 ORDER BY key), value ->> 2,
         value ->> 5, value ->> 6, value ->> 7, value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16,
         CAST(value ->> 18 AS INTEGER), round(100 * (value ->> 19)),
         round(10000 * (value ->> 17)), round(10000 * (value ->> 20))
  FROM json_each(?)
`;

export const CREATE_STAGE = `
  CREATE TEMP TABLE csv (
    order_number TEXT, line_no INTEGER, order_date TEXT, customer TEXT, customer_name TEXT, segment TEXT, region TEXT,
    product TEXT, category TEXT, sub_category TEXT, product_name TEXT,
    quantity INTEGER, discount_percent INTEGER, sales INTEGER, profit INTEGER
  );
`;

/** The four real years, 2014 to 2017, as they are. Companies: 1 Central, 2 East, 3 South, 4 West. */
export const BOOK_REAL_YEARS = `
  INSERT INTO companies
  SELECT row_number() OVER (ORDER BY region), region FROM (SELECT DISTINCT region FROM csv);

  INSERT INTO customers
  SELECT row_number() OVER (ORDER BY customer), customer, customer_name, segment
  FROM (SELECT DISTINCT customer, customer_name, segment FROM csv);

  -- 32 products of the data set have two names under one code; both stay.
  INSERT INTO products
  SELECT row_number() OVER (ORDER BY product, product_name), product, product_name, category, sub_category
  FROM (SELECT DISTINCT product, product_name, category, sub_category FROM csv);

  INSERT INTO orders
  SELECT DISTINCT order_number, companies.id, customers.id, order_date
  FROM csv JOIN companies ON companies.name = region JOIN customers ON customers.code = customer
  ORDER BY order_number;

  INSERT INTO order_lines
  SELECT order_number, line_no, products.id, quantity, discount_percent
  FROM csv JOIN products ON products.code = product AND products.name = product_name
  ORDER BY order_number, line_no;

  INSERT INTO postings SELECT order_number, line_no, 5000, profit - sales FROM csv;
  INSERT INTO postings SELECT order_number, line_no, 4000, round(sales * 100.0 / (100 - discount_percent)) FROM csv;
  INSERT INTO postings
  SELECT order_number, line_no, 4900, sales - round(sales * 100.0 / (100 - discount_percent))
  FROM csv WHERE discount_percent > 0;
`;

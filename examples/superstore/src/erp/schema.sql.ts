/**
 * The ERP's tables. Amounts are integers in ten-thousandths, as the ledger has four decimals; dates are texts,
 * `YYYY-MM-DD`. Like many an old ERP it has no index but its primary keys, and no column with a line's profit: that
 * is the sum of what was posted for the line.
 *
 * Accounts: 4000 list price, 4900 discount (negative), 5000 cost of goods (negative). Below 5000 is the sale.
 */
export const SCHEMA = `
  CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE customers (id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, segment TEXT NOT NULL);
  CREATE TABLE products (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, category TEXT NOT NULL, sub_category TEXT NOT NULL
  );
  CREATE TABLE orders (
    number TEXT PRIMARY KEY, company_id INTEGER NOT NULL, customer_id INTEGER NOT NULL, order_date TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE order_lines (
    order_number TEXT, line_no INTEGER, product_id INTEGER NOT NULL, quantity INTEGER NOT NULL,
    discount_percent INTEGER NOT NULL,
    PRIMARY KEY (order_number, line_no)
  ) WITHOUT ROWID;
  CREATE TABLE postings (
    order_number TEXT, line_no INTEGER, account INTEGER, amount INTEGER NOT NULL,
    PRIMARY KEY (order_number, line_no, account)
  ) WITHOUT ROWID;
`;

/** The last year of the data set. */
export const LAST_REAL_YEAR = 2017;
/** Branches of each company in every further year. Ninety make 1.8 million order lines of eight years. */
export const BRANCHES = 90;

export const CREATE_BRANCHES = `
  CREATE TEMP TABLE branches (id INTEGER PRIMARY KEY, suffix TEXT);
  WITH RECURSIVE branch (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM branch WHERE id < ${BRANCHES})
  INSERT INTO branches SELECT id, printf('-B%02d', id) FROM branch;
`;

/**
 * Books one further year: every branch sells what the whole company sold four, eight, … years before, on the same
 * days (so leap years fall on leap years), to other customers, at 80 to 120 % of the amount plus 4 % growth a year. The
 * percentage is a hash of order, line, branch and year: the same ledger on every machine.
 */
export function bookFurtherYear(year: number): string {
  const real = LAST_REAL_YEAR - 3 + ((year - LAST_REAL_YEAR - 1) % 4);
  const fromRealYear = (number: string): string =>
    `(${number} BETWEEN 'CA-${real}-' AND 'CA-${real}-~' OR ${number} BETWEEN 'US-${real}-' AND 'US-${real}-~')`;
  const numbered = (number: string): string =>
    `substr(${number}, 1, 3) || '${year}' || substr(${number}, 8) || branches.suffix`;
  const percent = `80 + ${4 * (year - LAST_REAL_YEAR)} + (${hash(year)}) % 41`;

  return `
    BEGIN;
    INSERT INTO orders
    SELECT ${numbered('number')}, company_id,
           1 + (customer_id + branches.id * 37 + ${year * 101}) % (SELECT count(*) FROM customers),
           (substr(order_date, 1, 4) + ${year - real}) || substr(order_date, 5)
    FROM orders CROSS JOIN branches WHERE ${fromRealYear('number')};

    INSERT INTO order_lines
    SELECT ${numbered('order_number')}, line_no, product_id, quantity, discount_percent
    FROM order_lines CROSS JOIN branches WHERE ${fromRealYear('order_number')};

    INSERT INTO postings
    SELECT ${numbered('order_number')}, line_no, account, amount * (${percent}) / 100
    FROM postings CROSS JOIN branches WHERE ${fromRealYear('order_number')};
    COMMIT;
  `;
}

// Small primes stand in for a seed; the digits of an order's number start at its ninth character.
function hash(year: number): string {
  return `substr(order_number, 9) * 7919 + line_no * 104729 + branches.id * 1299709 + ${year * 15_485_863}`;
}

/** What the console shows once the app listens. */
export function thingsToTry(url: string): string[] {
  const base = url.replace('[::1]', 'localhost');
  const get = (path: string, user = 'alice'): string => `  curl -i -H 'x-user: ${user}' '${base}${path}'`;
  return [
    `Superstore reports are served at ${base}. Ask twice and compare X-Cache:`,
    get('/reports/sales-by-category?companyId=1&year=2025'),
    get('/reports/monthly-profit?companyId=4&year=2025'),
    get('/reports/top-customers?companyId=2&period=2025-11'),
    `  curl -s -o lines.json -w '%{time_total} s\\n' -H 'x-user: bob' '${base}/reports/order-lines?companyId=1&year=2025'`,
    `  curl -OJ -H 'x-user: alice' '${base}/reports/order-lines.csv?companyId=3&period=2025-11'`,
    `Bob is refused what alice has cached:`,
    get('/reports/monthly-profit?companyId=4&year=2025', 'bob'),
    `Book an order of November into company 1: its reports of November and of the year are computed anew, all others stay:`,
    `  curl -i -H 'x-user: alice' -H 'content-type: application/json' '${base}/orders' -d '${ORDER}'`,
    `Wait five seconds: what the order dropped was made again, and the next to ask gets a HIT:`,
    get('/reports/sales-by-category?companyId=1&year=2025', 'bob'),
    `See it on a page, as admin with the password superstore:  ${base}/reports-cache`,
    `  curl '${base}/metrics'`,
    `  curl '${base}/health'`,
  ];
}

const ORDER = JSON.stringify({
  companyId: 1,
  date: '2025-11-28',
  customer: 'CG-12520',
  lines: [{ product: 'FUR-BO-10001798', quantity: 2, unitPrice: 130.98, unitCost: 110.03 }],
});

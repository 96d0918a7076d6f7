import { BadRequestException, Injectable } from '@nestjs/common';
import { type ErpConnection } from '../erp/erp-connection.js';
import { ErpDatabase } from '../erp/erp-database.js';
import { type NewOrder, type NewOrderLine } from './new-order.js';

/** What was booked. */
export interface BookedOrder {
  number: string;
  companyId: number;
  sales: number;
  profit: number;
}

/** Writes to the books. */
@Injectable()
export class OrdersService {
  constructor(private readonly erp: ErpDatabase) {}

  /** @throws {BadRequestException} naming the customer or product that the ledger does not have. */
  book(order: NewOrder): Promise<BookedOrder> {
    return this.erp.transaction(async (connection) => {
      const customerId = await find(connection, 'customers', order.customer, 'customer');
      const number = await nextNumber(connection, order.date.slice(0, 4));
      await connection.run('INSERT INTO orders VALUES (?, ?, ?, ?)', [
        number,
        order.companyId,
        customerId,
        order.date,
      ]);
      let [sales, profit] = [0, 0];
      for (const [index, line] of order.lines.entries()) {
        const booked = await bookLine(connection, number, index, line);
        sales += booked.sales;
        profit += booked.profit;
      }
      return { number, companyId: order.companyId, sales: sales / 10_000, profit: profit / 10_000 };
    });
  }
}

async function bookLine(connection: ErpConnection, order: string, index: number, line: NewOrderLine) {
  const productId = await find(connection, 'products', line.product, `lines.${index}.product`);
  const lineNo = index + 1;
  const listPrice = Math.round(line.quantity * line.unitPrice * 10_000);
  const discount = Math.round((listPrice * line.discountPercent) / 100);
  const cost = Math.round(line.quantity * line.unitCost * 10_000);
  await connection.run('INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)', [
    order,
    lineNo,
    productId,
    line.quantity,
    line.discountPercent,
  ]);
  const postings = [
    order,
    lineNo,
    4000,
    listPrice,
    order,
    lineNo,
    4900,
    -discount,
    order,
    lineNo,
    5000,
    -cost,
  ];
  await connection.run('INSERT INTO postings VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)', postings);
  return { sales: listPrice - discount, profit: listPrice - discount - cost };
}

async function find(
  connection: ErpConnection,
  table: 'customers' | 'products',
  code: string,
  field: string,
): Promise<number> {
  const row = await connection.get<{ id: number }>(
    `SELECT id FROM ${table} WHERE code = ? ORDER BY id LIMIT 1`,
    [code],
  );
  if (row === undefined) throw new BadRequestException([`${field}: the ledger has no ${code}`]);
  return row.id;
}

/** `NEW-2025-000001` and on, one sequence a year; the transaction keeps two orders from the same number. */
async function nextNumber(connection: ErpConnection, year: string): Promise<string> {
  const last = await connection.get<{ number: string | null }>(
    `SELECT max(number) AS number FROM orders WHERE number BETWEEN ? AND ?`,
    [`NEW-${year}-`, `NEW-${year}-~`],
  );
  const sequence = Number(last?.number?.slice(9) ?? 0) + 1;
  return `NEW-${year}-${String(sequence).padStart(6, '0')}`;
}

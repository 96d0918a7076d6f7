import { StreamableFile } from '@nestjs/common';
import { type OrderLine } from './order-lines.report.js';
import { type Report } from './reports.service.js';

const COLUMNS: readonly (keyof OrderLine)[] = [
  'order',
  'date',
  'customer',
  'product',
  'quantity',
  'sales',
  'profit',
];

/** The lines as a file to save, in the format of RFC 4180. */
export function toCsvFile({ companyId, period, rows }: Report<OrderLine>): StreamableFile {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))];
  const text = lines.map((fields) => `${fields.map(quote).join(',')}\r\n`).join('');
  return new StreamableFile(Buffer.from(text), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="order-lines-${companyId}-${period}.csv"`,
  });
}

function quote(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

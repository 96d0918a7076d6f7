import type { ColumnOptions } from 'typeorm';

/**
 * The column types of every entity, in one place, because these differ between databases.
 * Each is written out: nothing here relies on emitted decorator metadata.
 */
export const text = { type: 'text' } as const satisfies ColumnOptions;
export const wholeNumber = { type: 'integer' } as const satisfies ColumnOptions;
export const decimalNumber = { type: 'double precision' } as const satisfies ColumnOptions;
export const flag = { type: 'boolean' } as const satisfies ColumnOptions;
export const bytes = { type: 'blob' } as const satisfies ColumnOptions;

/** Whole numbers beyond 32 bits, exact up to 2^53: epoch milliseconds, byte counts, CRCs. */
export const longNumber = { type: 'bigint' } as const satisfies ColumnOptions;
export const epochMs = longNumber;

/** What PostgreSQL calls a type that SQLite has under another name. Decorators are read before anybody knows the database. */
export function typeOnPostgres(type: string): string {
  return type === bytes.type ? 'bytea' : type;
}

import fc from 'fast-check';
import type { Database } from '../../../src/storage/database.js';
import type { SqlValue } from '../../../src/storage/sql/sql-connection.js';
import { nastyText } from './inputs.js';

/** Bytes that something wrote, changed in a few places, cut short, doubled or followed by others. */
export function bytesFrom(written: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255) });
  const changed = fc
    .tuple(written, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([bytes, changes]) => {
      const copy = Buffer.from(bytes);
      for (const { at, byte } of changes) copy[Math.floor(at * copy.length)] = byte;
      return copy;
    });
  return fc.oneof(
    changed,
    fc
      .tuple(written, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([bytes, share]) => bytes.subarray(0, bytes.length * share)),
    fc.tuple(written, written).map((both) => Buffer.concat(both)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );
}

/** A column of a row that holds what its type does not allow; SQLite stores any type in any column. */
export interface Damage {
  readonly name: string;
  apply(database: Database, key: string): Promise<void>;
}

const COLUMNS = [
  ['cache_entries', 'cache_type'],
  ['cache_entries', 'company_id'],
  ['cache_entries', 'username'],
  ['cache_entries', 'tags'],
  ['cache_entries', 'created_at'],
  ['cache_entries', 'expires_at'],
  ['cache_entries', 'grace_until'],
  ['cache_entries', 'load_ms'],
  ['cache_entry_tags', 'tag'],
  ['cache_payloads', 'format'],
  ['cache_payloads', 'checksum'],
  ['cache_payloads', 'body'],
] as const;

const anyValue: fc.Arbitrary<SqlValue> = fc.oneof(
  nastyText.filter((text) => text.isWellFormed()),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);

export const damage: fc.Arbitrary<Damage> = fc
  .tuple(fc.constantFrom(...COLUMNS), anyValue)
  .map(([[table, column], value]) => ({
    name: `${table}.${column} = ${String(value)}`,
    apply: async (database, key) => {
      await database.write((_manager, sql) =>
        sql.run(`UPDATE OR IGNORE ${table} SET ${column} = ? WHERE cache_key = ?`, [value, key]),
      );
    },
  }));

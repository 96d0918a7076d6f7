import { crc32 } from 'node:zlib';
import { type LockMode } from '../sql/connection.js';

/**
 * Advisory locks of the cache in one schema: they last as long as their transaction, so that poolers in transaction
 * mode work, and a process that dies holds nobody up. The first number is the cache's, `RCa1` in ASCII.
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 */
const CLASS = 0x52436131;

/** Whoever drops or replaces entries has it alone, whoever only adds some shares it. */
export function writeLock(schema: string, lock: LockMode): string | undefined {
  if (lock === 'none') return undefined;
  const take = lock === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `SELECT ${take}(${CLASS}, ${idOf(`${schema}/writes`)})`;
}

/** Of instances that start at once one migrates, and the others find it done. */
export function migrationLock(schema: string): string {
  return `SELECT pg_advisory_xact_lock(${CLASS}, ${idOf(`${schema}/migrations`)})`;
}

/** For work that one process at a time does and the others leave to it; the row tells whether it was had. */
export function foldLock(schema: string): string {
  return `SELECT pg_try_advisory_xact_lock(${CLASS}, ${idOf(`${schema}/sizes`)}) AS taken`;
}

/** Signed, 32 bits, as the second number of a lock. */
function idOf(name: string): number {
  return crc32(name) | 0;
}

import {
  CROWDING_COMPANY,
  ENTRY_OVERHEAD_BYTES,
  EVICT_CANDIDATES,
  EVICT_CANDIDATES_OF_COMPANY,
  EVICT_CANDIDATES_OF_SAMPLE,
  SURPLUS,
  TAKE_EVICTION,
} from '../repositories/cache-entry.sql.js';
import { type SqlConnection } from '../sql/sql-connection.js';

/** Weights in bytes, see {@link weightOf}. */
export interface EvictionBounds {
  readonly maxBytes: number;
  readonly maxCompanyBytes: number;
}

/** What an entry counts against `maxBytes`: its payload and what stands around it. */
export function weightOf(payloadBytes: number): number {
  return payloadBytes + ENTRY_OVERHEAD_BYTES;
}

/** So many entries are sorted in a few milliseconds. */
const SORTED_AT_ONCE = 10_000;

interface Candidate {
  readonly cache_key: string;
  readonly byte_size: number;
}

/**
 * The keys of at most `limit` entries that have to go, and no more than needed; none where nothing is too heavy.
 *
 * Of more than 10,000 entries it looks at 5,000 from all over the table: Redis's approximated LRU. An index would make
 * every write and every counted hit pay for an exact one.
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 */
export async function chooseSurplus(
  sql: SqlConnection,
  { maxBytes, maxCompanyBytes }: EvictionBounds,
  limit: number,
): Promise<string[]> {
  if ((await surplusOf(sql, maxBytes)).bytes <= 0 || !(await takeTurn(sql))) return [];
  // Once more: whoever had the turn before may have made room since.
  const { bytes, entries } = await surplusOf(sql, maxBytes);
  if (bytes <= 0) return [];
  const [company] = await sql.all<{ company_id: string; surplus: number }>(CROWDING_COMPANY, [
    maxCompanyBytes,
  ]);
  if (company !== undefined) {
    const ofCompany = await sql.all<Candidate>(EVICT_CANDIDATES_OF_COMPANY, [company.company_id, limit]);
    return takeUntilFreed(ofCompany, Math.min(bytes, company.surplus));
  }
  const text = entries <= SORTED_AT_ONCE ? EVICT_CANDIDATES : EVICT_CANDIDATES_OF_SAMPLE;
  return takeUntilFreed(await sql.all<Candidate>(text, [limit]), bytes);
}

async function surplusOf(sql: SqlConnection, maxBytes: number): Promise<{ bytes: number; entries: number }> {
  const [total] = await sql.all<{ bytes: number; entries: number }>(SURPLUS, [maxBytes]);
  return total!;
}

async function takeTurn(sql: SqlConnection): Promise<boolean> {
  const [turn] = await sql.all<{ taken: number | boolean }>(TAKE_EVICTION);
  return Boolean(turn?.taken);
}

function takeUntilFreed(candidates: readonly Candidate[], bytesToFree: number): string[] {
  let freed = 0;
  const end = candidates.findIndex(({ byte_size }) => {
    const isEnough = freed >= bytesToFree;
    freed += weightOf(byte_size);
    return isEnough;
  });
  return candidates.slice(0, end === -1 ? undefined : end).map(({ cache_key }) => cache_key);
}

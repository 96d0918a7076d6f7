import { beforeEach, expect, test, vi } from 'vitest';
import { CompanyShares } from '../../../src/cache/company-shares.js';
import { Doorkeeper } from '../../../src/cache/doorkeeper.js';
import { SurplusEntries } from '../../../src/cache/surplus-entries.js';
import type * as Sql from '../../../src/storage/repositories/cache-entry.sql.js';
import { floodOf, MAX_FILE_BYTES, MAX_MEMORY_ENTRIES, startFloodedApp } from './flood-app.js';
import { runFlood } from './flood.js';

const LEAST_RECENTLY_USED = vi.hoisted(
  () => 'SELECT cache_key, byte_size FROM cache_entries ORDER BY last_accessed LIMIT ?',
);

vi.mock('../../../src/storage/repositories/cache-entry.sql.js', async (original) => ({
  ...(await original<typeof Sql>()),
  EVICT_CANDIDATES: LEAST_RECENTLY_USED,
  EVICT_CANDIDATES_OF_SAMPLE: LEAST_RECENTLY_USED,
  CROWDING_COMPANY: 'SELECT 1 WHERE ? IS NULL',
}));

const KEYS = 30_000;

beforeEach(() => void vi.restoreAllMocks());

test('the flood notices a memory that lets everything in', async () => {
  vi.spyOn(Doorkeeper.prototype, 'knows').mockReturnValue(true);
  const { hotLookupsInFile } = await runFlood(await startFloodedApp('sqlite', true), floodOf(KEYS));
  expect(hotLookupsInFile).toBeGreaterThan(0);
});

test('it notices a file that evicts by recency alone', async () => {
  const { hotLoads } = await runFlood(await startFloodedApp('sqlite', false), floodOf(KEYS));
  expect(hotLoads).toBeGreaterThan(0);
});

test('it notices a memory without shares', async () => {
  vi.spyOn(CompanyShares.prototype, 'isUsedUp').mockReturnValue(false);
  const flood = floodOf(KEYS, { timesEach: 2, hotCompany: 8 });
  const { hotLookupsInFile } = await runFlood(await startFloodedApp('sqlite', true), flood);
  expect(hotLookupsInFile).toBeGreaterThan(0);
});

test('it notices a file that nobody looks after', async () => {
  vi.spyOn(SurplusEntries.prototype, 'stored').mockReturnValue();
  const result = await runFlood(await startFloodedApp('sqlite', true), floodOf(KEYS));
  expect(result.memoryEntries).toBeLessThanOrEqual(MAX_MEMORY_ENTRIES);
  expect(result.fileBytes).toBeGreaterThan(MAX_FILE_BYTES * 1.25);
});

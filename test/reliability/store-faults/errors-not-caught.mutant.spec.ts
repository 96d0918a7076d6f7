import { expect, test, vi } from 'vitest';
import type { StoreTier } from '../../../src/cache/store-tier.js';
import type { EntryLookup } from '../../../src/storage/entries/entry.js';
import type { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { reportFigures } from '../support/figures.js';
import { runChaos } from './chaos-run.js';

vi.mock('../../../src/cache/store-tier.js', async (original) => {
  const actual = await original<{ StoreTier: typeof StoreTier }>();
  class Unguarded extends actual.StoreTier {
    override find(key: string): Promise<EntryLookup> {
      return (this as unknown as { entries: CacheEntryRepository }).entries.find(key);
    }
  }
  return { ...actual, StoreTier: Unguarded };
});

test('the chaos notices a build that does not catch the errors of its store', async () => {
  const { reports, wrong } = await runChaos('express', 'throws', 50, 500);
  reportFigures('4 chaos, errors not caught', { reports, wrong: wrong.length });
  expect(wrong.length).toBeGreaterThan(0);
});

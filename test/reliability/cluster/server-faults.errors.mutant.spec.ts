import { expect, test, vi } from 'vitest';
import type { StoreTier } from '../../../src/cache/store-tier.js';
import type { EntryLookup } from '../../../src/storage/entries/entry.js';
import type { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { childProgram } from '../../support/child-process.js';
import { noOwnPostgres } from '../../support/own-postgres.js';
import { reportFigures } from '../support/figures.js';
import { runServerFault } from './server-fault-run.js';

vi.mock('../../../src/cache/store-tier.js', async (original) => {
  const actual = await original<{ StoreTier: typeof StoreTier }>();
  class Unguarded extends actual.StoreTier {
    override find(key: string): Promise<EntryLookup> {
      return (this as unknown as { entries: CacheEntryRepository }).entries.find(key);
    }
  }
  return { ...actual, StoreTier: Unguarded };
});

const startWorker = childProgram('test/reliability/processes/worker.child.ts');

test.skipIf(noOwnPostgres !== undefined)(
  'a server that is stopped shows a build that does not catch the errors of its store',
  { timeout: 120_000 },
  async () => {
    const { reports, wrong } = await runServerFault(startWorker, 'is stopped', { milliseconds: 2_000 });
    reportFigures('13 the server is stopped, mutant: errors not caught', { reports, wrong: wrong.length });
    expect(wrong.length).toBeGreaterThan(0);
  },
);

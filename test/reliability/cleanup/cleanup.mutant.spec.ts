import { expect, test } from 'vitest';
import { CacheEntryRepository } from '../../../src/index.js';
import { DRIVERS, type CacheApp } from '../../module/cache-app.js';
import { runCleanup } from './cleanup-run.js';
import { harmOf } from './harm.js';

const ROWS = 200_000;

function deleteAtOnce({ database, clock }: CacheApp): Promise<unknown> {
  return database.write((_manager, sql) =>
    sql.run('DELETE FROM cache_entries WHERE expires_at <= ?', [clock.now()]),
  );
}

test.each(DRIVERS)('the harness notices a cleanup that is one DELETE, on %s', async (type) => {
  const harm = harmOf(await runCleanup(type, ROWS, deleteAtOnce));
  expect(harm).toContain('the write-ahead log grew');
  if (type === 'better-sqlite3') expect(harm).toContain('the event loop was blocked');
});

async function deleteInLargeBatches(app: CacheApp): Promise<void> {
  const entries = app.get(CacheEntryRepository);
  while ((await entries.removeExpired(app.clock.now(), 5_000)) > 0);
}

test('it notices large batches without a rest on the driver that works on the event loop', async () => {
  const harm = harmOf(await runCleanup('better-sqlite3', ROWS, deleteInLargeBatches));
  expect(harm).toContain('reads waited');
});

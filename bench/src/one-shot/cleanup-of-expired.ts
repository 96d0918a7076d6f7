import { setTimeout } from 'node:timers/promises';
import { answerOnce } from '../harness/one-shot.js';
import { CacheService, Database, openLibrary, type Driver } from '../library.js';
import { answerCache } from '../stored-answers.js';

export interface CleanupCost {
  readonly totalMs: number;
  readonly worstReadMs: number;
  readonly worstWriteMs: number;
}

// Removes all expired entries of a file while one caller reads and another writes.
const [driver, path, way] = process.argv.slice(2) as [Driver, string, 'delete' | 'library'];
const database = { type: driver, path };
const app = await openLibrary(driver, {
  database,
  memory: false,
  storeTimeout: '10m',
  cleanup: { cron: '0 0 1 1 *' },
});
const answers = answerCache(app);
const body = Buffer.alloc(1_024, 'x');
await answers.set('live', body);

let isCleaning = true;
const reading = worst(() => answers.get('live'));
const writing = worst(() => answers.set('written', body));
await setTimeout(200);
const startedAt = performance.now();
await (way === 'library' ? app.get(CacheService).cleanupExpired() : deleteAtOnce());
const totalMs = performance.now() - startedAt;
isCleaning = false;
const left = (await app.get(CacheService).getStats()).expiredEntries;
if (left > 0) throw new Error(`${left} expired entries are left`);
answerOnce({ totalMs, worstReadMs: await reading, worstWriteMs: await writing } satisfies CleanupCost);

async function deleteAtOnce(): Promise<void> {
  await app
    .get(Database)
    .write((_manager, sql) => sql.run('DELETE FROM cache_entries WHERE expires_at <= ?', [Date.now()]));
}

/** From when a call was due, not from when it was made: a blocked event loop makes it late. */
async function worst(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  while (isCleaning) {
    const due = performance.now() + 1;
    await setTimeout(1);
    await work();
    longest = Math.max(longest, performance.now() - due);
  }
  return longest;
}

import BetterSqlite3 from 'better-sqlite3';
import type { Benchmark } from './harness/benchmark.js';
import { temporaryFile } from './harness/folders.js';
import { interleave } from './harness/interleave.js';
import { askOnce } from './harness/one-shot.js';
import { toSection } from './harness/section.js';
import { DRIVERS } from './library.js';
import type { ViewCosts } from './one-shot/first-views.js';
import { fillFile } from './rows.js';

const SCRIPT = new URL('one-shot/first-views.js', import.meta.url);
const LIMIT = 'the limit';
const BLOCKED = 'longest block of the event loop';

const benchmark: Benchmark = {
  question:
    'How long does each view of the dashboard take when it is first opened, on a large file and a full log?',
  async *run({ quick, rounds }) {
    const entries = quick ? 10_000 : 100_000;
    const logged = quick ? 100_000 : 1_000_000;
    const path = temporaryFile('cache.sqlite');
    await fillFile(path, { count: entries, bytes: 256, expiresAt: Date.now() + 3_600_000 });
    fillLog(path, logged);
    for (const driver of DRIVERS) {
      // The first of these processes sums the log up; what that takes is no part of a view.
      await askOnce<ViewCosts>(SCRIPT, [driver, path]);
      const costs: ViewCosts[] = [];
      await interleave([{ name: 'all' }], Math.min(rounds, 5), async () => {
        costs.push(await askOnce<ViewCosts>(SCRIPT, [driver, path]));
        return 0;
      });
      const title = `${entries.toLocaleString('en-US')} entries, ${logged.toLocaleString('en-US')} rows, ${driver}`;
      const names = Object.keys(costs[0]!).filter((name) => name !== BLOCKED);
      const samples = new Map<{ name: string }, number[]>([[{ name: LIMIT }, [1_000]]]);
      for (const name of [...names, BLOCKED])
        samples.set(
          { name },
          costs.map((cost) => cost[name]!),
        );
      yield toSection(
        `First view: ${title}`,
        'ms',
        samples,
        names.map((name) => ({ name, yardstick: LIMIT, atMost: 1 })),
      );
    }
  },
};

export default benchmark;

/** Ninety days of ten types and twenty companies, in the working hours; four in five are hits. */
function fillLog(path: string, rows: number): void {
  const database = new BetterSqlite3(path);
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
       INSERT INTO performance_log (cache_type, company_id, cache_hit, response_time_ms, estimated_oracle_time_ms,
         time_saved_ms, username, timestamp, outcome, miss_reason, source_time_ms)
       SELECT 'report-' || (i * 7919 % 10), i * 104729 % 20, i % 5 < 4, CASE WHEN i % 5 < 4 THEN 0.3 + i % 40 / 10.0
         ELSE 900 + i * 31 % 2000 END, 1800, 1700, 'user-' || (i * 13 % 150),
         ? - (90 - 90.0 * i / ?) * 86400000, CASE WHEN i % 5 < 4 THEN 'hit' ELSE 'miss' END,
         CASE WHEN i % 5 < 4 THEN NULL WHEN i % 2 THEN 'ttl' ELSE 'cold' END,
         CASE WHEN i % 5 < 4 THEN NULL ELSE 880 + i * 31 % 2000 END
       FROM n`,
    )
    .run(rows, Date.now(), rows);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

import { repeatWhileFull } from '../../common/batches.js';
import { type SqlConnection } from '../sql/sql-connection.js';
import { type WriteGate } from '../writes/write-gate.js';

/** Pages given back in one transaction at the most: 4 MiB. */
const MOST_PAGES_A_STEP = 1_000;

/** How long the checkpoint waits for readers of other processes; writers wait behind it. */
const CHECKPOINT_PATIENCE_MS = 100;

/** Runs work on the writer's connection inside its lock, outside a transaction: a checkpoint cannot run in one. */
export type BetweenTransactions = (work: (sql: SqlConnection) => Promise<void>) => Promise<void>;

/**
 * Gives free pages back, then truncates the write-ahead log. In steps, so that writes get their turn in between; ends
 * early when a step frees less than it might.
 */
export async function reclaimSpace(gate: WriteGate, betweenTransactions: BetweenTransactions): Promise<void> {
  await repeatWhileFull(MOST_PAGES_A_STEP, (pages) =>
    gate.run(async (_manager, sql) => {
      const before = await freePages(sql);
      await sql.pragma(`incremental_vacuum(${pages})`);
      return before - (await freePages(sql));
    }),
  );
  await betweenTransactions(truncateLog);
}

async function freePages(sql: SqlConnection): Promise<number> {
  const [row] = await sql.pragma<{ freelist_count: number }>('freelist_count');
  return row?.freelist_count ?? 0;
}

async function truncateLog(sql: SqlConnection): Promise<void> {
  const [patience] = await sql.pragma<{ timeout: number }>('busy_timeout');
  await sql.pragma(`busy_timeout = ${CHECKPOINT_PATIENCE_MS}`);
  try {
    await sql.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    await sql.pragma(`busy_timeout = ${patience?.timeout ?? 0}`);
  }
}

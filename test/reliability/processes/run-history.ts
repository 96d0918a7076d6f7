import { setTimeout } from 'node:timers/promises';
import type { Crew } from './crew.js';
import { judge, momentNow, type Verdict } from './history.js';

/** What another process did may be unknown to this one for so long, in milliseconds. */
export const BOUND_MS = 1_000;

/** Operations after which the history so far is judged and let go of. */
const OPERATIONS_A_ROUND = 50_000;

const FLOWS = 16;

export interface HistoryResult extends Verdict {
  readonly operations: number;
  readonly operationsPerSecond: number;
  readonly failures: readonly string[];
}

/** Lets the processes read, load, set and drop at once, round by round, and holds every read against the history. */
export async function runHistory(crew: Crew, operations: number, boundMs = BOUND_MS): Promise<HistoryResult> {
  const startedAt = momentNow();
  let total: HistoryResult | undefined;
  for (let done = 0; done < operations; done += OPERATIONS_A_ROUND) {
    const round = await runRound(crew, Math.min(OPERATIONS_A_ROUND, operations - done), done, boundMs);
    total = total === undefined ? round : sum(total, round);
  }
  return { ...total!, operations, operationsPerSecond: (operations / (momentNow() - startedAt)) * 1_000 };
}

async function runRound(
  crew: Crew,
  operations: number,
  seed: number,
  boundMs: number,
): Promise<HistoryResult> {
  const optionsOf = (process: number) => ({
    process,
    flows: FLOWS,
    operations: Math.ceil(operations / crew.workers.length),
    seed: seed + process,
  });
  const histories = await crew.all('churn', optionsOf);
  // By now everybody must know everything.
  await setTimeout(boundMs);
  histories.push(...(await crew.all('readAll', optionsOf)));
  const failures = histories.flatMap((history) => history.failures);
  return { ...judge(histories, boundMs), operations, operationsPerSecond: 0, failures };
}

function sum(a: HistoryResult, b: HistoryResult): HistoryResult {
  return {
    ...a,
    reads: a.reads + b.reads,
    hits: a.hits + b.hits,
    outdatedOwn: a.outdatedOwn + b.outdatedOwn,
    outdatedForeign: a.outdatedForeign + b.outdatedForeign,
    mixedUp: a.mixedUp + b.mixedUp,
    failures: [...a.failures, ...b.failures],
  };
}

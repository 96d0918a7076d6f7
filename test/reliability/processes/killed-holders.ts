import type { Crew } from './crew.js';
import { momentNow } from './history.js';

/** How long the others wait for a process that died, in milliseconds. */
export const LEASE_MS = 5_000;

/** How long the source takes of whoever takes over. */
export const SOURCE_MS = 200;

const HOURS = 3_600_000;

export interface KilledHolders {
  /** Runs of sources that ended; one a round is right. */
  readonly runs: number;
  /** The longest wait for an answer after the kill, in milliseconds. */
  readonly slowestMs: number;
}

/** Round by round, kills the process that loads a key while all others wait for it. */
export async function killHolders(crew: Crew, rounds: number): Promise<KilledHolders> {
  const waits: number[] = [];
  let runs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [holder, ...others] = crew.workers as [(typeof crew.workers)[0], ...typeof crew.workers];
    const key = `orphan-${round}`;
    const loading = holder.event('loading');
    holder.ask('load', { key, sourceMs: HOURS }).catch(() => undefined);
    await loading;
    const answers = others.map((worker) => worker.ask('load', { key, sourceMs: SOURCE_MS }));
    const killedAt = momentNow();
    await holder.kill();
    for (const answer of await Promise.all(answers)) {
      waits.push(answer.answeredAt - killedAt);
      runs += answer.runs;
    }
    await crew.replace(holder);
  }
  return { runs, slowestMs: Math.max(...waits) };
}

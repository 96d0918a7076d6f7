import { setTimeout } from 'node:timers/promises';
import type { Crew } from '../processes/crew.js';
import { percentile } from '../support/percentile.js';

export interface WordOfDrops {
  readonly drops: number;
  /** From the end of the drop on one instance to its effect on another, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One instance drops keys that the others have in memory, one after the other. */
export async function runDrops(crew: Crew, drops: number, pauseMs: number): Promise<WordOfDrops> {
  const delays: number[] = [];
  const [one, ...others] = crew.workers as [(typeof crew.workers)[0], ...typeof crew.workers];
  for (let index = 0; index < drops; index += 1) {
    const argument = { key: `drop-${index}` };
    await one.ask('set', argument);
    await Promise.all(others.map((other) => other.ask('hold', argument)));
    // So that a drop falls anywhere between two polls.
    await setTimeout((index * 37) % pauseMs);
    const gone = others.map((other) => other.ask('goneAt', argument));
    const droppedAt = await one.ask('drop', argument);
    for (const goneAt of await Promise.all(gone)) delays.push(Math.max(0, goneAt - droppedAt));
  }
  const at = (share: number): number => percentile(delays, share);
  return { drops, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

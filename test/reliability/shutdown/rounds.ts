import { type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Random } from '../../support/seeded-random.js';
import { AskingLoad } from './asking-load.js';
import { findLosses, type Losses } from './losses.js';
import { RunningApp } from './running-app.js';

export interface ShutdownOptions {
  readonly rounds: number;
  /** Where each round has its file. */
  readonly folder: string;
  readonly random: Random;
  readonly startApp: (args: readonly string[]) => ChildProcess;
}

export interface Round extends Losses {
  /** Calls of `set` that ended in `true`. */
  readonly acknowledged: number;
  /** Calls of `set` from before the app began to close that did not. */
  readonly refused: number;
  readonly answered: number;
  /** Other answers than the report, and requests refused before the signal. */
  readonly wrong: number;
  /** Milliseconds from the signal to the end of the process; `undefined` when it did not end by itself. */
  readonly endedAfterMs: number | undefined;
}

const SHORTEST_LOAD_MS = 100;
const LONGEST_LOAD_MS = 500;
const ADAPTERS = ['express', 'fastify'] as const;
const DRIVERS = ['sqlite', 'better-sqlite3'] as const;

/** Tells an app under load to end, at a random moment, and looks at what it left; again and again. */
export async function runShutdowns(options: ShutdownOptions): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) rounds.push(await runRound(options, round));
  return rounds;
}

async function runRound({ folder, random, startApp }: ShutdownOptions, round: number): Promise<Round> {
  const adapter = ADAPTERS[round % 2]!;
  const type = DRIVERS[Math.floor(round / 2) % 2]!;
  const path = join(folder, `round-${round}`, 'cache.sqlite');
  const app = new RunningApp(startApp([adapter, type, path]));
  const asking = new AskingLoad(await app.listening());
  const asked = asking.run();
  await setTimeout(SHORTEST_LOAD_MS + random(LONGEST_LOAD_MS - SHORTEST_LOAD_MS));
  asking.signalled();
  const endedAfterMs = await app.end();
  await asked;
  const promised = { acknowledged: app.acknowledged, reports: asking.answered, answers: asking.answers };
  return {
    ...(await findLosses({ type, path, busyTimeoutMs: 5_000 }, promised)),
    acknowledged: app.acknowledged.length,
    refused: app.refused,
    answered: asking.answers,
    wrong: asking.wrong,
    endedAfterMs,
  };
}

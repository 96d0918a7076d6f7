import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { inPostgres, postgresOptions, tempSchema } from '../../support/postgres.js';
import { AskingLoad } from '../shutdown/asking-load.js';
import { findLosses } from '../shutdown/losses.js';
import type { Round } from '../shutdown/rounds.js';
import type { RunningApp } from '../shutdown/running-app.js';
import { startInstances } from './http-instances.js';
import { INSTANCES, onPostgres } from './instances.js';

/** How long the instances that are left are asked between two ends, in milliseconds. */
const LOAD_MS = 500;

const ADAPTERS = ['express', 'fastify'] as const;

export interface ClusterRound extends Round {
  /** Leases of instances that had ended, and their rows among the processes. */
  readonly leftBehind: number;
  /** The longest that the cache of an instance took to write what waited and to close. */
  readonly drainedMs: number;
  /** The fewest answers of one instance while another ended. */
  readonly fewestMeanwhile: number;
}

/** Instances under load are told to end, one after the other, while the rest goes on; then all is looked for. */
export async function runClusterShutdown(
  startApp: (args: readonly string[]) => ChildProcess,
  mutant?: string,
): Promise<ClusterRound> {
  const schema = tempSchema();
  const options = JSON.stringify(onPostgres(undefined, schema));
  const names = Array.from({ length: INSTANCES }, (_, index) => `instance${index}`);
  const apps = startInstances(
    names.map((name, index) =>
      startApp([name, ADAPTERS[index % 2]!, options, ...(mutant === undefined ? [] : [mutant])]),
    ),
  );
  const members = await Promise.all(apps.map((app, index) => Member.join(app, names[index]!)));
  const endings: (number | undefined)[] = [];
  let leftBehind = 0;
  let fewestMeanwhile = Infinity;
  for (const [index, member] of members.entries()) {
    await setTimeout(LOAD_MS);
    const others = members.slice(index + 1);
    const before = others.map(({ asking }) => asking.answers);
    endings.push(await member.end());
    leftBehind += await countLeftBehind(schema, others.length);
    const meanwhile = others.map(({ asking }, other) => asking.answers - before[other]!);
    fewestMeanwhile = Math.min(fewestMeanwhile, ...meanwhile);
  }
  const promised = {
    acknowledged: members.flatMap(({ app }) => app.acknowledged),
    reports: members.flatMap(({ answeredLate }) => answeredLate),
    answers: members.reduce((sum, { asking }) => sum + asking.answers, 0),
  };
  return {
    ...(await findLosses(postgresOptions({ schema }), promised)),
    acknowledged: promised.acknowledged.length,
    refused: apps.reduce((sum, app) => sum + app.refused, 0),
    answered: promised.answers,
    wrong: members.reduce((sum, { asking }) => sum + asking.wrong, 0),
    endedAfterMs: endings.includes(undefined) ? undefined : Math.max(...(endings as number[])),
    leftBehind,
    drainedMs: Math.max(...apps.map((app) => app.drainedMs)),
    fewestMeanwhile,
  };
}

/** An instance, and those who ask it. */
class Member {
  /**
   * Reports that it sent after it had been told to end. Earlier ones need not be there: an instance that finds more
   * drops of others than it follows one by one, as the last sets of one that ends are, stores none of what it loads.
   */
  answeredLate: string[] = [];
  private readonly asked: Promise<void>;

  private constructor(
    readonly app: RunningApp,
    readonly asking: AskingLoad,
  ) {
    this.asked = asking.run();
  }

  static async join(app: RunningApp, name: string): Promise<Member> {
    return new Member(app, new AskingLoad(await app.listening(), name));
  }

  async end(): Promise<number | undefined> {
    this.asking.signalled();
    const early = new Set(this.asking.answered);
    const endedAfterMs = await this.app.end();
    await this.asked;
    this.answeredLate = [...this.asking.answered].filter((name) => !early.has(name));
    return endedAfterMs;
  }
}

/** Rows of instances beyond those that are still there, and leases of none of them. */
async function countLeftBehind(schema: string, present: number): Promise<number> {
  const [left] = await inPostgres<{ processes: string; leases: string }>(`
    SELECT (SELECT COUNT(*) FROM "${schema}".cache_processes) AS processes,
           (SELECT COUNT(*) FROM "${schema}".cache_leases WHERE split_part(holder, '/', 1) NOT IN
              (SELECT process_id FROM "${schema}".cache_processes)) AS leases`);
  return Math.max(0, Number(left!.processes) - present) + Number(left!.leases);
}

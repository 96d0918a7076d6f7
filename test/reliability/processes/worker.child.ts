import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CacheService, ReportsCacheModule, type ReportsCacheOptions } from '../../../src/index.js';
import { PeerWatch } from '../../../src/cluster/peer-watch.js';
import { seededRandom } from '../../support/seeded-random.js';
import { Churn, type ChurnOptions } from './churn.js';
import { momentNow } from './history.js';
import { MUTANTS, type Mutant } from './mutants.js';
import type { Answer, Call } from './crew.js';

/** What a process is started with, as JSON. */
export interface WorkerOptions {
  readonly cache: ReportsCacheOptions;
  readonly mutant: Mutant | undefined;
}

const { cache: options, mutant } = JSON.parse(process.argv[2]!) as WorkerOptions;
if (mutant !== undefined) MUTANTS[mutant]();

const app = await NestFactory.createApplicationContext(ReportsCacheModule.forRoot(options), {
  logger: false,
});
const cache = app.get(CacheService);
const churnOf = (options: ChurnOptions): Churn => new Churn(cache, options, seededRandom(options.seed));

const loopDelay = monitorEventLoopDelay({ resolution: 10 });

/** What a process can be asked to do. */
const tasks = {
  /** How many others it knows of. */
  peers: () => Promise.resolve(app.get(PeerWatch, { strict: false }).otherProcesses),
  /** How it hears of them. */
  notices: () => Promise.resolve(app.get(PeerWatch, { strict: false }).health.notices),
  /** The longest time that the event loop stood still while it churned, in milliseconds. */
  loopDelay: () => Promise.resolve(loopDelay.max / 1e6),
  churn: (options: ChurnOptions) => {
    loopDelay.enable();
    return churnOf(options).run();
  },
  readAll: (options: ChurnOptions) => churnOf(options).readAll(),
  /** Loads a key from a source that takes a while; tells how often this process ran it, and when it had the answer. */
  load: async ({ key, sourceMs }: { key: string; sourceMs: number }) => {
    let runs = 0;
    const value = await cache.getOrSet(
      key,
      async () => {
        runs += 1;
        process.send!({ event: 'loading' });
        await setTimeout(sourceMs);
        return key;
      },
      { type: 'cold' },
    );
    return { runs, isRight: value === key, answeredAt: momentNow() };
  },
  /** Many callers at once for a key that takes a while; tells how often this process ran its source. */
  stampede: async ({ key, callers, sourceMs }: { key: string; callers: number; sourceMs: number }) => {
    let runs = 0;
    const load = async (): Promise<string> => {
      runs += 1;
      await setTimeout(sourceMs);
      return key;
    };
    const asked = Array.from({ length: callers }, () => cache.getOrSet(key, load, { type: 'cold' }));
    const answers = await Promise.all(asked);
    return { runs, wrongAnswers: answers.filter((answer) => answer !== key).length };
  },
  set: async ({ key }: { key: string }) => {
    return { committed: await cache.set(key, key, { type: 'bound' }), at: momentNow() };
  },
  drop: async ({ key }: { key: string }) => {
    await cache.delete(key);
    return momentNow();
  },
  /** Stores a value, until the store takes it. */
  setAgain: async ({ key }: { key: string }) => {
    while (!(await cache.set(key, key, { type: 'bound' }))) await setTimeout(10);
  },
  /** When this process had the key no more. */
  goneAt: async ({ key }: { key: string }) => {
    while ((await cache.get(key)) !== undefined) await setTimeout(2);
    return momentNow();
  },
  /** Brings a key into the memory of this process: after the news of its setting, which would drop it again. */
  hold: async ({ key }: { key: string }) => {
    await app.get(PeerWatch, { strict: false }).catchUp();
    while ((await cache.get(key)) === undefined) await setTimeout(2);
  },
  close: async () => {
    await app.close();
    process.disconnect();
  },
};

export type Tasks = typeof tasks;

process.on('message', ({ id, task, argument }: Call) => {
  const work = tasks[task] as (given: unknown) => Promise<unknown>;
  work(argument).then(
    (result) => answer({ id, result }),
    (error: unknown) => answer({ id, error: String(error) }),
  );
});
process.send!({ event: 'ready' });

function answer(message: Answer): void {
  if (process.connected) process.send!(message);
}

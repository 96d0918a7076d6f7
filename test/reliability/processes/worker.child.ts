import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CacheService, ReportsCacheModule } from '../../../src/index.js';
import { PeerWatch } from '../../../src/cluster/peer-watch.js';
import { seededRandom } from '../../support/seeded-random.js';
import { Churn, type ChurnOptions } from './churn.js';
import { momentNow } from './history.js';
import { MUTANTS, type Mutant } from './mutants.js';
import type { Answer, Call } from './crew.js';

const [path, type, mutant] = process.argv.slice(2) as [string, 'sqlite' | 'better-sqlite3', Mutant | 'none'];
if (mutant !== 'none') MUTANTS[mutant]();

const app = await NestFactory.createApplicationContext(
  ReportsCacheModule.forRoot({ database: { path, type, busyTimeout: '30s' }, storeTimeout: '30s' }),
  { logger: false },
);
const cache = app.get(CacheService);
const churnOf = (options: ChurnOptions): Churn => new Churn(cache, options, seededRandom(options.seed));

/** What a process can be asked to do. */
const tasks = {
  /** How many others it knows of. */
  peers: () => Promise.resolve(app.get(PeerWatch, { strict: false }).otherProcesses),
  churn: (options: ChurnOptions) => churnOf(options).run(),
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
  set: async ({ key }: { key: string }) => {
    return { committed: await cache.set(key, key, { type: 'bound' }), at: momentNow() };
  },
  drop: async ({ key }: { key: string }) => {
    await cache.delete(key);
    return momentNow();
  },
  /** When this process had the key no more. */
  goneAt: async ({ key }: { key: string }) => {
    while ((await cache.get(key)) !== undefined) await setTimeout(2);
    return momentNow();
  },
  /** Brings a key into the memory of this process. News of its setting may overtake the first reading. */
  hold: async ({ key }: { key: string }) => {
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

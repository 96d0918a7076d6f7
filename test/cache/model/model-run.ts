import fc from 'fast-check';
import { restart, startCacheApp } from '../../module/cache-app.js';
import { comeToRest, commands, type RealCache } from './commands.js';
import { ReferenceCache } from './reference-cache.js';

/** Runs sequences of commands against the real thing and the reference. @throws with the shortest sequence that tells them apart. */
export async function runModel(type: 'sqlite' | 'better-sqlite3', sequences: number): Promise<number> {
  const cache = { database: { type } };
  let app = await startCacheApp({ cache });
  let runs = 0;
  const run = async (sequence: Iterable<fc.AsyncCommand<ReferenceCache, RealCache>>): Promise<void> => {
    await app.service.clear();
    const model = new ReferenceCache();
    const real: RealCache = {
      service: app.service,
      clock: app.clock,
      namespace: `${runs++}/`,
      flights: new Map(),
      restart: async () => {
        app = await restart(app, cache);
        real.service = app.service;
      },
    };
    await fc.asyncModelRun(() => ({ model, real }), sequence);
    await comeToRest(model, real);
  };
  await fc.assert(fc.asyncProperty(commands, run), { numRuns: sequences });
  return runs;
}

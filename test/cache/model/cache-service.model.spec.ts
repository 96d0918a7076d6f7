import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DRIVERS, restart, startCacheApp } from '../../module/cache-app.js';
import { comeToRest, commands, type RealCache } from './commands.js';
import { ReferenceCache } from './reference-cache.js';

/** For each driver. */
const RUNS = 150;

describe.each(DRIVERS)('the cache service on %s', (type) => {
  test('does what a map with expiry does, whatever is done to it in whatever order', async () => {
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
    await fc.assert(fc.asyncProperty(commands, run), { numRuns: RUNS });
    expect(runs).toBe(RUNS);
  }, 60_000);
});

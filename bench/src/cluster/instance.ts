import { setImmediate } from 'node:timers/promises';
import { makeReport } from '../harness/payload.js';
import type { CacheName, InstanceAnswer, InstanceOptions, InstanceRequest } from './contract.js';
import { libraryOnPostgres } from './library-on-postgres.js';
import { MixedLoad } from './mixed-load.js';
import type { SharedCache } from './shared-cache.js';

// Runs as a process of its own, started by `instances.ts`. What others need is loaded by those alone.
const { cache: name, share, number, bytes } = JSON.parse(process.argv[2]!) as InstanceOptions;
const report = makeReport(bytes);
const cache = await OPENING()[name]();
const load = new MixedLoad(cache, report, number);
process.on('message', (request: InstanceRequest) => void answer(request));
process.on('disconnect', () => process.exit());
process.send!('ready');

function OPENING(): Readonly<Record<CacheName, () => Promise<SharedCache>>> {
  const cacheManager = async (withMemory: boolean): Promise<SharedCache> =>
    (await import('../yardsticks/keyv-postgres.js')).cacheManagerOnPostgres(share, withMemory);
  return {
    'reports-cache, PostgreSQL': () => libraryOnPostgres(share),
    'cache-manager, Keyv PostgreSQL': () => cacheManager(false),
    'cache-manager, memory and Keyv PostgreSQL': () => cacheManager(true),
    'bentocache, Redis and its bus': async () =>
      (await import('../yardsticks/bentocache-redis.js')).bentocacheOnRedis(share),
  };
}

async function answer(request: InstanceRequest): Promise<void> {
  const done: Partial<InstanceAnswer> = await carryOut(request);
  process.send!({ operations: 0, loads: 0, at: now(), ...done } satisfies InstanceAnswer);
}

async function carryOut(request: InstanceRequest): Promise<Partial<InstanceAnswer>> {
  if (request.kind === 'run') return load.run(request.forMs);
  if (request.kind === 'fill') await load.fill();
  if (request.kind === 'drop') return drop(request.key);
  if (request.kind === 'goneAt') await untilGone(request.key, request.withinMs);
  if (request.kind === 'put') await cache.set(request.key, report);
  if (request.kind === 'hold') await hold(request.key);
  if (request.kind === 'clear') await cache.clear();
  return {};
}

async function drop(key: string): Promise<Partial<InstanceAnswer>> {
  const at = now();
  await cache.drop(key);
  return { at };
}

/** As a request, which takes it into memory where there is one; a store that is too slow just then must not matter. */
async function hold(key: string): Promise<void> {
  await cache.getOrSet(key, () => Promise.resolve(report));
}

async function untilGone(key: string, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while ((await cache.get(key)) != null && performance.now() < end) await setImmediate();
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

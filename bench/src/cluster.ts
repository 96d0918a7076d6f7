import { CACHES, type CacheName } from './cluster/contract.js';
import { Instances } from './cluster/instances.js';
import { inPostgres } from './cluster/library-on-postgres.js';
import { CALLERS, DROP_EVERY, KEYS, SOURCE_MS } from './cluster/mixed-load.js';
import { POSTGRES_URL } from './cluster/shared-cache.js';
import type { Benchmark, RunOptions } from './harness/benchmark.js';
import { interleave } from './harness/interleave.js';
import { SIZES, type PayloadSize } from './harness/payload.js';
import { toSection, type Goal, type Section } from './harness/section.js';
import { percentile } from './harness/statistics.js';

const [OURS, KEYV, , BENTO] = CACHES;
const INSTANCES = [1, 2, 3];

/** Drops of one round. */
const DROPS = 20;

/** After so long nobody waits for word of a drop any more: what this library promises, in milliseconds. */
const NO_WORD_MS = 2_000;

const benchmark: Benchmark = {
  question:
    `What do several instances of an app answer that share one cache? (${KEYS} reports, asked for by Zipf's law, ` +
    `one request in ${DROP_EVERY} drops its report, a source of ${SOURCE_MS} ms, ${CALLERS} requests at once in each)`,
  async *run(options) {
    await needsPostgres();
    for (const size of SIZES.slice(0, options.quick ? 1 : 2))
      for (const count of INSTANCES)
        yield await withInstances(count, size, (all) => mix(all, count, size, options));
    yield await withInstances(2, SIZES[0]!, (all) => wordOfDrops(all, options));
  },
};

export default benchmark;

async function withInstances(
  count: number,
  { bytes }: PayloadSize,
  measure: (all: readonly Instances[]) => Promise<Section>,
): Promise<Section> {
  const all: Instances[] = [];
  for (const cache of CACHES) all.push(await Instances.start(cache, count, bytes));
  try {
    return await measure(all);
  } finally {
    for (const instances of all) await instances.stop();
  }
}

async function mix(
  all: readonly Instances[],
  count: number,
  { name }: PayloadSize,
  { rounds, roundMs }: RunOptions,
): Promise<Section> {
  for (const instances of all) await instances.fill();
  await interleave(all, 1, (instances) => instances.run(roundMs));
  for (const instances of all) instances.forget();
  const samples = await interleave(all, rounds, (instances) => instances.run(roundMs));
  const title = `Mixed load, ${name}, instances: ${count}`;
  return toSection(title, 'requests/s', samples, goalsOf(3, 1), ({ loadsPerThousand }) => ({
    'loads in 1,000 requests': loadsPerThousand.toFixed(1),
  }));
}

function goalsOf(keyv: number, bento: number): Goal[] {
  return [
    { name: OURS, yardstick: KEYV, atLeast: keyv },
    { name: OURS, yardstick: BENTO, atLeast: bento },
  ];
}

async function wordOfDrops(all: readonly Instances[], { rounds }: RunOptions): Promise<Section> {
  const worst = new Map<CacheName, number>();
  const samples = await interleave(all, rounds, async (instances) => {
    const delays = await dropSeveral(instances);
    worst.set(instances.name, Math.max(worst.get(instances.name) ?? 0, ...delays));
    return percentile(delays, 0.5);
  });
  return toSection(
    'From the beginning of a drop on one instance to its effect on another',
    'ms',
    samples,
    [],
    (of) => ({
      slowest: worst.get(of.name)! < NO_WORD_MS ? `${worst.get(of.name)!.toFixed(1)} ms` : 'not within 2 s',
    }),
  );
}

let serial = 0;

/** One that is not heard of is enough. */
async function dropSeveral(instances: Instances): Promise<number[]> {
  const delays: number[] = [];
  while (delays.length < DROPS && !delays.some((delay) => delay >= NO_WORD_MS)) {
    delays.push(await instances.wordOfDrop(`drop:${(serial += 1)}`, NO_WORD_MS));
  }
  return delays;
}

async function needsPostgres(): Promise<void> {
  await inPostgres('SELECT 1').catch((error: unknown) => {
    const place = new URL(POSTGRES_URL).host;
    throw new Error(`No PostgreSQL at ${place}: start one, or set DATABASE_URL_TEST`, { cause: error });
  });
}

import { SIZES } from './payload.js';
import type { Operation, ThroughputBenchmark, ThroughputRequest } from './throughput.js';

// Runs as a process of its own, started by `throughput.ts`, with one subject of one plan.
const [module, name, sizeName] = process.argv.slice(2) as [string, string, string];
const { default: benchmark } = (await import(module)) as { default: ThroughputBenchmark };
const operation = await benchmark.plan.subjects[name]!(SIZES.find((size) => size.name === sizeName)!);
process.on('message', (request: ThroughputRequest) => void answer(request));
process.on('disconnect', () => process.exit());
process.send!('ready');

async function answer(request: ThroughputRequest): Promise<void> {
  const { kind, callers } = request;
  globalThis.gc?.();
  process.send!(
    kind === 'calibrate' ? await calibrate(request.roundMs, callers) : await measure(request.count, callers),
  );
}

/** How many operations fill a round. Counted, not timed: a promise loop of a synchronous driver starves timers. */
async function calibrate(roundMs: number, callers: number): Promise<number> {
  // First reads may decode what later ones share; counted in, they would make the rounds too short.
  await perform(operation, 512, callers);
  for (let count = callers; ; count *= 2) {
    const startedAt = performance.now();
    await perform(operation, count, callers);
    const elapsed = performance.now() - startedAt;
    if (elapsed > roundMs / 4) return Math.max(callers, Math.round((count * roundMs) / elapsed));
  }
}

/** Operations a second. */
async function measure(count: number, callers: number): Promise<number> {
  const startedAt = performance.now();
  await perform(operation, count, callers);
  return (count * 1_000) / (performance.now() - startedAt);
}

async function perform(work: Operation, count: number, callers: number): Promise<void> {
  if (callers === 1) return call(work, 0, count, 1);
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(work, caller, count, callers)));
}

async function call(work: Operation, from: number, to: number, step: number): Promise<void> {
  for (let index = from; index < to; index += step) await work(index);
}

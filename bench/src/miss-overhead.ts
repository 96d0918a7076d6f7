import { setTimeout } from 'node:timers/promises';
import type { Benchmark } from './harness/benchmark.js';
import { interleave, type Subject } from './harness/interleave.js';
import { SIZES, type PayloadSize } from './harness/payload.js';
import { toSection } from './harness/section.js';
import { median } from './harness/statistics.js';
import { ask } from './http/ask.js';
import { ADAPTERS, REPORT_PATH, type Adapter, type ServerOptions } from './http/contract.js';
import { ServerProcess } from './http/server-process.js';
import { DRIVERS } from './library.js';

const HANDLER_MS = 20;
/** Between two requests: the first one's answer is written to the file after it has left. */
const PAUSE_MS = 5;
const NO_CACHE = 'no cache';

interface MissSubject extends Subject {
  readonly server: ServerProcess;
}

const benchmark: Benchmark = {
  question: `What does a miss add to a handler of ${HANDLER_MS} ms? Median time of one request after the other.`,
  async *run({ rounds, roundMs }) {
    const requests = Math.max(10, Math.round(roundMs / HANDLER_MS));
    for (const adapter of ADAPTERS) {
      // Warming up with megabytes would take minutes.
      for (const size of SIZES.slice(0, 2)) {
        const subjects = await start(adapter, size);
        for (const subject of subjects) await warmUp(subject);
        const samples = await interleave(subjects, rounds, (subject) => medianMiss(subject, requests));
        await Promise.all(subjects.map(({ server }) => server.stop()));
        const goals = DRIVERS.map((driver) => ({
          name: `miss, ${driver}`,
          yardstick: NO_CACHE,
          atMost: 1.03,
        }));
        yield toSection(`Miss, ${adapter}, ${size.name}`, 'ms', samples, goals);
      }
    }
  },
};

export default benchmark;

async function start(adapter: Adapter, { bytes }: PayloadSize): Promise<MissSubject[]> {
  const serve = (options: Pick<ServerOptions, 'kind' | 'driver'>): Promise<ServerProcess> =>
    ServerProcess.start({ adapter, bytes, delayMs: HANDLER_MS, ...options });
  return [
    { name: NO_CACHE, server: await serve({ kind: 'object' }) },
    { name: 'no cache, do-nothing interceptor', server: await serve({ kind: 'object-interceptor' }) },
    { name: 'miss, sqlite', server: await serve({ kind: 'library', driver: 'sqlite' }) },
    { name: 'miss, better-sqlite3', server: await serve({ kind: 'library', driver: 'better-sqlite3' }) },
  ];
}

let serial = 0;

const WARM_UP_CALLERS = 32;
const WARM_UP_REQUESTS = 2_000;

/** A server that has run for an hour has compiled its code; one that has answered 50 requests has not. */
async function warmUp(subject: MissSubject): Promise<void> {
  const ofEach = WARM_UP_REQUESTS / WARM_UP_CALLERS;
  const callers = Array.from({ length: WARM_UP_CALLERS }, async () => {
    for (let count = 0; count < ofEach; count += 1) await timeMiss(subject);
  });
  await Promise.all(callers);
}

async function medianMiss(subject: MissSubject, requests: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    times.push(await timeMiss(subject));
    await setTimeout(PAUSE_MS);
  }
  return median(times);
}

async function timeMiss({ name, server }: MissSubject): Promise<number> {
  const url = server.urlOf(`${REPORT_PATH}&serial=${(serial += 1)}`);
  const startedAt = performance.now();
  const { headers } = await ask(url);
  const elapsed = performance.now() - startedAt;
  if (name.startsWith('miss') && headers['x-cache'] !== 'MISS') {
    throw new Error('a hit where a miss was to be measured');
  }
  return elapsed;
}

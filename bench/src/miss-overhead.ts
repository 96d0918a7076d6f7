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
      for (const size of SIZES) {
        const subjects = await start(adapter, size);
        await interleave(subjects, 1, (subject) => medianMiss(subject, requests));
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

async function medianMiss({ name, server }: MissSubject, requests: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    const url = server.urlOf(`${REPORT_PATH}&serial=${(serial += 1)}`);
    const startedAt = performance.now();
    const { headers } = await ask(url);
    times.push(performance.now() - startedAt);
    await setTimeout(PAUSE_MS);
    if (name.startsWith('miss') && headers['x-cache'] !== 'MISS')
      throw new Error('a hit where a miss was to be measured');
  }
  return median(times);
}

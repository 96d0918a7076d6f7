import { interleave, type Subject } from '../harness/interleave.js';
import { SIZES } from '../harness/payload.js';
import { type Section, toSection } from '../harness/section.js';
import { median } from '../harness/statistics.js';
import { ask } from './ask.js';
import { type Adapter, REPORT_PATH, type ServerOptions } from './contract.js';
import { applyLoad } from './load.js';
import { ServerProcess } from './server-process.js';

/** A server with the library, and what it does beside answering. */
export interface Extra {
  readonly name: string;
  readonly options: Partial<ServerOptions>;
}

interface Server extends Subject {
  readonly process: ServerProcess;
  readonly rates: number[];
}

/** The most that something may add to a hit. */
const AT_MOST = 1.03;

/** Short ones, and many: neighbours in time meet the same machine, and a busy moment spoils one of them. */
const LOAD_SECONDS = 1;

/** What the extras add to the processor time of a hit of 1 KiB, against a server without. */
export async function costOnHit(
  adapter: Adapter,
  without: Extra,
  extras: readonly Extra[],
  rounds: number,
): Promise<Section> {
  const servers = await Promise.all([without, ...extras].map((extra) => start(extra, adapter)));
  await interleave(servers, 2, cpuPerHit);
  for (const { rates } of servers) rates.length = 0;
  const samples = await interleave(servers, rounds, cpuPerHit);
  for (const { process } of servers) await process.stop();
  const goals = extras.map(({ name }) => ({ name, yardstick: without.name, atMost: AT_MOST, paired: true }));
  return toSection(`Hit, ${adapter}, 1 KiB`, 'CPU µs/request', samples, goals, ({ rates }) => ({
    'requests/s': Math.round(median(rates)).toLocaleString('en-US'),
  }));
}

async function start({ name, options }: Extra, adapter: Adapter): Promise<Server> {
  const { bytes } = SIZES[0]!;
  const process = await ServerProcess.start({ kind: 'library', adapter, bytes, ...options });
  await ask(process.urlOf(REPORT_PATH));
  return { name, process, rates: [] };
}

async function cpuPerHit({ process, rates }: Server): Promise<number> {
  const before = await process.usage();
  const { requests, requestsPerSecond } = await applyLoad(process.urlOf(REPORT_PATH), {}, LOAD_SECONDS);
  rates.push(requestsPerSecond);
  return ((await process.usage()).cpuMicroseconds - before.cpuMicroseconds) / requests;
}

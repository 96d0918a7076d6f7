import { setTimeout } from 'node:timers/promises';
import type { Benchmark } from './harness/benchmark.js';
import { interleave, type Samples, type Subject } from './harness/interleave.js';
import { makeReport, MIB } from './harness/payload.js';
import { toSection } from './harness/section.js';
import { ask } from './http/ask.js';
import { REPORT_PATH } from './http/contract.js';
import { ServerProcess } from './http/server-process.js';
import { DRIVERS } from './library.js';

const BYTES = 50 * MIB;
const ALLOWED_MS = 20;
const LIMIT = `its own JSON.stringify + ${ALLOWED_MS} ms`;

interface Requested extends Subject {
  readonly server: ServerProcess;
  /** `miss`: each request has a key of its own. */
  readonly asks: 'same' | 'miss';
}

const benchmark: Benchmark = {
  question: 'How long is the event loop of a server blocked while it answers with one report of 50 MiB?',
  async *run({ quick, rounds }) {
    const report = makeReport(BYTES);
    const stringify = { name: LIMIT };
    const object = await ServerProcess.start({ kind: 'object', adapter: 'express', bytes: BYTES });
    const subjects: Requested[] = [{ name: 'no cache', server: object, asks: 'same' }];
    for (const driver of DRIVERS) {
      const server = await ServerProcess.start({
        kind: 'library',
        adapter: 'express',
        bytes: BYTES,
        driver,
        memory: false,
      });
      subjects.push({ name: `stored, ${driver}`, server, asks: 'miss' });
      subjects.push({ name: `read from the file, ${driver}`, server, asks: 'same' });
    }
    const samples: Samples<Subject> = await interleave(
      [stringify, ...subjects],
      quick ? 2 : rounds,
      (subject) =>
        'server' in subject
          ? longestBlock(subject as Requested)
          : Promise.resolve(stringifyTime(report) + ALLOWED_MS),
    );
    for (const server of new Set(subjects.map((subject) => subject.server))) await server.stop();
    const goals = subjects.slice(1).map(({ name }) => ({ name, yardstick: LIMIT, atMost: 1 }));
    yield toSection('Longest block, express, 50 MiB', 'ms', samples, goals);
  },
};

export default benchmark;

let serial = 0;

async function longestBlock({ server, asks }: Requested): Promise<number> {
  const path = asks === 'same' ? REPORT_PATH : `${REPORT_PATH}&serial=${(serial += 1)}`;
  if (asks === 'same') await ask(server.urlOf(path));
  await setTimeout(500);
  await server.usage();
  await ask(server.urlOf(path));
  // The file is written after the answer has left.
  await setTimeout(1_500);
  return (await server.usage()).longestBlockMs;
}

function stringifyTime(report: object): number {
  const startedAt = performance.now();
  JSON.stringify(report);
  return performance.now() - startedAt;
}

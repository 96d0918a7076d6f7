import type { Benchmark } from './harness/benchmark.js';
import { interleave, type Subject } from './harness/interleave.js';
import { SIZES } from './harness/payload.js';
import { toSection } from './harness/section.js';
import { median } from './harness/statistics.js';
import { ask } from './http/ask.js';
import { ADAPTERS, REPORT_PATH, type Adapter, type MetricsReader } from './http/contract.js';
import { applyLoad, CONNECTIONS, loadTool } from './http/load.js';
import { ServerProcess } from './http/server-process.js';

const OFF = 'metrics off';
const PROMETHEUS = 'prom-client, read every second';
const OPEN_TELEMETRY = 'OpenTelemetry SDK, exported every second';

interface MetricsSubject extends Subject {
  readonly server: ServerProcess;
  readonly rates: number[];
}

const benchmark: Benchmark = {
  question: `What do metrics add to a hit? Processor time of the server. (${loadTool}, ${CONNECTIONS} connections)`,
  async *run({ rounds, roundMs }) {
    const seconds = Math.max(1, Math.round(roundMs / 1_000));
    for (const adapter of ADAPTERS) {
      const subjects = [
        await start(OFF, adapter),
        await start(PROMETHEUS, adapter, 'prom-client'),
        await start(OPEN_TELEMETRY, adapter, 'opentelemetry'),
      ];
      await interleave(subjects, 2, (subject) => cpuPerHit(subject, seconds));
      for (const { rates } of subjects) rates.length = 0;
      // Twice the rounds: the difference is smaller than what the machine itself varies by.
      const samples = await interleave(subjects, 2 * rounds, (subject) => cpuPerHit(subject, seconds));
      for (const { server } of subjects) await server.stop();
      yield toSection(
        `Hit, ${adapter}, 1 KiB`,
        'CPU µs/request',
        samples,
        [PROMETHEUS, OPEN_TELEMETRY].map((name) => ({ name, yardstick: OFF, atMost: 1.03 })),
        ({ rates }) => ({ 'requests/s': Math.round(median(rates)).toLocaleString('en-US') }),
      );
    }
  },
};

export default benchmark;

async function start(name: string, adapter: Adapter, metrics?: MetricsReader): Promise<MetricsSubject> {
  const { bytes } = SIZES[0]!;
  const server = await ServerProcess.start({ kind: 'library', adapter, bytes, metrics });
  await ask(server.urlOf(REPORT_PATH));
  return { name, server, rates: [] };
}

async function cpuPerHit({ server, rates }: MetricsSubject, seconds: number): Promise<number> {
  const before = await server.usage();
  const { requests, requestsPerSecond } = await applyLoad(server.urlOf(REPORT_PATH), {}, seconds);
  rates.push(requestsPerSecond);
  return ((await server.usage()).cpuMicroseconds - before.cpuMicroseconds) / requests;
}

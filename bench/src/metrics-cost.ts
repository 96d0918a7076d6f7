import type { Benchmark } from './harness/benchmark.js';
import { ADAPTERS } from './http/contract.js';
import { costOnHit, type Extra } from './http/hit-cost.js';
import { CONNECTIONS, loadTool } from './http/load.js';

const OFF: Extra = { name: 'metrics off', options: {} };

const READ: readonly Extra[] = [
  { name: 'prom-client, read every second', options: { metrics: 'prom-client' } },
  { name: 'OpenTelemetry SDK, exported every second', options: { metrics: 'opentelemetry' } },
];

const benchmark: Benchmark = {
  question: `What do metrics add to a hit? Processor time of the server. (${loadTool}, ${CONNECTIONS} connections)`,
  async *run({ quick }) {
    for (const adapter of ADAPTERS) yield await costOnHit(adapter, OFF, READ, quick ? 20 : 60);
  },
};

export default benchmark;

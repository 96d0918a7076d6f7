import type { Benchmark } from './harness/benchmark.js';
import { ADAPTERS } from './http/contract.js';
import { costOnHit, type Extra } from './http/hit-cost.js';
import { CONNECTIONS, loadTool } from './http/load.js';

const OFF: Extra = { name: 'performance log off', options: { performanceLog: false } };
const ON: Extra = { name: 'performance log on', options: { performanceLog: true } };

const benchmark: Benchmark = {
  question: `What does the performance log add to a hit? Processor time of the server. (${loadTool}, ${CONNECTIONS} connections)`,
  async *run({ quick }) {
    for (const adapter of ADAPTERS) yield await costOnHit(adapter, OFF, [ON], quick ? 20 : 60);
  },
};

export default benchmark;

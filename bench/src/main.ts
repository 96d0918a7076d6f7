import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runOptions, type Benchmark } from './harness/benchmark.js';
import { toMarkdown } from './harness/report.js';
import { writeResults, writeSummary } from './harness/results.js';
import type { Section } from './harness/section.js';

const BENCHMARKS: Readonly<Record<string, () => Promise<{ default: Benchmark }>>> = {
  'hit-http': () => import('./hit-http.js'),
  'l1-get': () => import('./l1-get.js'),
  'l2-get': () => import('./l2-get.js'),
  set: () => import('./set.js'),
  stampede: () => import('./stampede.js'),
  'miss-overhead': () => import('./miss-overhead.js'),
  'event-loop': () => import('./event-loop.js'),
  memory: () => import('./memory.js'),
  restart: () => import('./restart.js'),
  'log-cost': () => import('./log-cost.js'),
  'metrics-cost': () => import('./metrics-cost.js'),
  cleanup: () => import('./cleanup.js'),
  dashboard: () => import('./dashboard.js'),
  cluster: () => import('./cluster.js'),
};

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !(name in BENCHMARKS));

if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exitCode = 1;
} else if (names.length === 1) {
  await runOne(names[0]!);
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) runApart(name);
}

async function runOne(name: string): Promise<void> {
  const { default: benchmark } = await BENCHMARKS[name]!();
  console.log(`# ${name}\n\n${benchmark.question}\n`);
  const sections: Section[] = [];
  for await (const section of benchmark.run(runOptions(flags.includes('--quick')))) {
    sections.push(section);
    console.log(toMarkdown(section));
  }
  const command = ['npm run bench --', name, ...flags].join(' ');
  await writeResults({ name, question: benchmark.question, command, sections });
  await writeSummary();
  // Peers without a way to close what they opened would keep the process.
  process.exit();
}

/** Each in a process of its own: no benchmark inherits another's heap and compiled code. */
function runApart(name: string): void {
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', fileURLToPath(import.meta.url), name, ...flags],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exitCode = 1;
}

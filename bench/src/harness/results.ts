import { createRequire } from 'node:module';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { benchFolder } from './folders.js';
import { ratioOf, toMarkdown } from './report.js';
import type { Section } from './section.js';

const require = createRequire(import.meta.url);
const PACKAGES = [
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  'typeorm',
  'sqlite3',
  'better-sqlite3',
  'lru-cache',
  '@nestjs/cache-manager',
  'cache-manager',
  'keyv',
  '@keyv/sqlite',
  '@keyv/postgres',
  'bentocache',
  'ioredis',
  'pg',
  'kysely',
  'cacheable',
];

export interface Outcome {
  readonly name: string;
  readonly question: string;
  readonly command: string;
  readonly sections: readonly Section[];
}

/** Writes `results/<name>.json` (every sample) and `results/<name>.md` (the tables). */
export async function writeResults(outcome: Outcome): Promise<void> {
  const folder = new URL('results/', benchFolder);
  const environment = describeEnvironment();
  await mkdir(folder, { recursive: true });
  await writeFormatted(
    new URL(`${outcome.name}.json`, folder),
    JSON.stringify({ ...outcome, environment }, rounded),
  );
  await writeFormatted(new URL(`${outcome.name}.md`, folder), toPage(outcome, environment));
}

const SUMMARY_START = '<!-- written by the benchmarks from here -->';

/** Puts the goals of all results that there are at the end of `README.md`. */
export async function writeSummary(): Promise<void> {
  const folder = new URL('results/', benchFolder);
  const readme = new URL('README.md', benchFolder);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const results = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Result),
  );
  const [prose] = (await readFile(readme, 'utf8')).split(SUMMARY_START);
  await writeFormatted(
    readme,
    [prose!.trimEnd(), '', SUMMARY_START, '', ...results.map(toSummary)].join('\n'),
  );
}

type Result = Outcome & { readonly environment: Environment };

function toSummary({ name, question, command, sections, environment }: Result): string {
  const goals = sections.flatMap(({ title, goals }) => goals.map((goal) => ({ title, ...goal })));
  return [
    `### [${name}](results/${name}.md)`,
    '',
    question,
    '',
    `\`${command}\`, ${environment.date.slice(0, 10)}, ${environment.machine}, Node ${environment.node}, load ${environment.load}.`,
    '',
    '| table | goal | is | |',
    '| --- | --- | ---: | --- |',
    ...goals.map(
      (goal) => `| ${goal.title} | ${goal.text} | ${ratioOf(goal)} | ${goal.met ? 'met' : '**missed**'} |`,
    ),
    '',
  ].join('\n');
}

function toPage({ name, question, command, sections }: Outcome, environment: Environment): string {
  const { date, machine, node, load, versions } = environment;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `# ${name}`,
    '',
    question,
    '',
    `\`${command}\`, ${date}, Node ${node}, ${machine}, load at the end ${load}.`,
    '',
    ...sections.map(toMarkdown),
    packages.join(', '),
    '',
  ].join('\n');
}

type Environment = ReturnType<typeof describeEnvironment>;

function describeEnvironment() {
  const cores = cpus();
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    machine: `${type()} ${release()}, ${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: loadavg()[0]!.toFixed(1),
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return (require(`${folder}/${name}/package.json`) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

/** As the project's formatter wants it. */
async function writeFormatted(file: URL, text: string): Promise<void> {
  const filepath = fileURLToPath(file);
  await writeFile(file, await format(text, { ...(await resolveConfig(filepath)), filepath }));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, vi } from 'vitest';

/** Every run is a process that loads the drivers, and a test has up to five of them. */
const PATIENCE_MS = 90_000;

/** How a run of the command line ended. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The report, of a run with `--json`; else empty. */
  readonly report: Record<string, unknown>;
}

export interface CommandLine {
  /** Runs it to its end, without a terminal. */
  run(...args: readonly string[]): Promise<Run>;
  /** Starts it. @returns the process, and how it ends. */
  start(...args: readonly string[]): { process: ChildProcess; ended: Promise<Run> };
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** The command line as it is installed, compiled once before the tests of the file that calls this. */
export function commandLine(): CommandLine {
  vi.setConfig({ testTimeout: PATIENCE_MS });
  const home = join(project, 'node_modules', '.cache', `reports-cache-cli-${process.pid}`);
  beforeAll(async () => {
    const [ssr, outDir] = [join(project, 'src/cli/main.ts'), join(home, 'dist', 'cli')];
    await build({ root: project, configFile: false, logLevel: 'silent', build: { ssr, outDir } });
    await mkdir(home, { recursive: true });
    await copyFile(join(project, 'package.json'), join(home, 'package.json'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));
  const start: CommandLine['start'] = (...args) => {
    const child = spawn(process.execPath, [join(home, 'dist', 'cli', 'main.js'), ...args]);
    return { process: child, ended: endOf(child) };
  };
  return { start, run: (...args) => start(...args).ended };
}

async function endOf(child: ChildProcess): Promise<Run> {
  const [stdout, stderr] = [textOf(child.stdout!), textOf(child.stderr!)];
  child.stdin!.end();
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return toRun(exitCode, stdout(), stderr());
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function toRun(exitCode: number | null, stdout: string, stderr: string): Run {
  const report = stdout.startsWith('{') ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  return { exitCode, stdout, stderr, report };
}

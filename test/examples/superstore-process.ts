import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'examples/superstore'];

/** Copies what a fresh clone holds, so that building it meets neither an older build nor another test's. */
export function cloneInto(folder: string): void {
  for (const source of SOURCES) {
    cpSync(join(ROOT, source), join(folder, source), {
      recursive: true,
      filter: (path) => !/[/\\](dist|data)$/.test(path),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
}

/** What `npm start` does before it starts. */
export async function buildExample(clone: string): Promise<void> {
  const run = promisify(execFile);
  await run('npm', ['run', 'build', '--silent'], { cwd: clone });
  await run('npx', ['tsc', '-p', 'examples/superstore/tsconfig.json'], { cwd: clone });
}

/** A warm-up would make again what a test is about to ask for. */
const NEVER = '1h';

/** The example, run as a process of its own on a free port, with the four real years as its whole ledger. */
export class SuperstoreProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly output: string,
  ) {}

  /** The second of the two commands, word by word: builds and runs. */
  static viaNpmStart(clone: string, data: string): Promise<SuperstoreProcess> {
    return SuperstoreProcess.start('npm', ['start'], clone, data, NEVER);
  }

  /**
   * What `npm start` runs once everything is built.
   * @param warmUpAfter how long after an order its reports are made again.
   * @param more variables of the environment.
   */
  static built(
    clone: string,
    data: string,
    warmUpAfter = NEVER,
    more: NodeJS.ProcessEnv = {},
  ): Promise<SuperstoreProcess> {
    const main = 'examples/superstore/dist/main.js';
    return SuperstoreProcess.start(process.execPath, [main], clone, data, warmUpAfter, more);
  }

  private static start(
    command: string,
    args: readonly string[],
    clone: string,
    data: string,
    warmUpAfter: string,
    more: NodeJS.ProcessEnv = {},
  ): Promise<SuperstoreProcess> {
    mkdirSync(data, { recursive: true });
    const child = spawn(command, args, {
      cwd: clone,
      env: {
        ...process.env,
        ...{ PORT: '0', SUPERSTORE_DATA: data, SUPERSTORE_YEARS: '0', SUPERSTORE_WARM_UP_AFTER: warmUpAfter },
        ...more,
      },
      // A group of its own: a signal then reaches the app under npm and the shell as well.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Promise((resolve, reject) => {
      let output = '';
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const url = /'(http:\S+)\/health'/.exec(output)?.[1];
        if (url !== undefined) resolve(new SuperstoreProcess(child, url, output));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`The example ended with ${code}:\n${output}`)));
    });
  }

  /** Ends the process and all it started; resolves when the last of them is gone and has let go of the output. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    process.kill(-this.child.pid!, signal);
    await closed;
  }
}

import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));
let programs = 0;

/**
 * A TypeScript program of the tests, to be run in processes of its own. Compiled once, before the tests of the file
 * that calls this: processes that each compile would take turns instead of colliding.
 * @param source from the project's root, such as `test/storage/open-and-write.child.ts`
 */
export function childProgram(
  source: string,
): (args?: readonly string[], options?: ForkOptions) => ChildProcess {
  programs += 1;
  const folder = join(project, 'node_modules', '.cache', `reports-cache-child-${process.pid}-${programs}`);
  beforeAll(async () => {
    const ssr = join(project, source);
    await build({ root: project, configFile: false, logLevel: 'silent', build: { ssr, outDir: folder } });
  });
  const started: ChildProcess[] = [];
  afterAll(async () => {
    // One that a failed test left behind would go on working, and slow down every test after it.
    for (const child of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const compiled = join(folder, basename(source).replace(/\.ts$/, '.js'));
  return (args = [], options = {}) => {
    const child = fork(compiled, args, { execArgv: [], ...options });
    started.push(child);
    return child;
  };
}

import { type ChildProcess, execFileSync, type ForkOptions, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempFolder } from '../../support/temp-folder.js';
import { readTrace, type Step } from './trace.js';

const SOURCE = fileURLToPath(new URL('record-writes.c', import.meta.url));

/** Why nothing can be recorded here, for the note of a skipped test; `undefined` where it can. */
export function missingForRecording(): string | undefined {
  if (process.platform !== 'linux') return 'writes are recorded by LD_PRELOAD, on Linux only';
  if (spawnSync('cc', ['--version']).status !== 0) return 'no C compiler (cc) to build the recorder with';
  return undefined;
}

/**
 * Runs a writer to its end. Returns what it did to its database and the companions of that, and where they are.
 * @param start a program of the tests that takes driver, path and number of transactions
 */
export async function recordWriter(
  start: (args: readonly string[], options: ForkOptions) => ChildProcess,
  driver: string,
  transactions: number,
): Promise<{ steps: Step[]; path: string }> {
  const recorder = join(tempFolder(), 'record-writes.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', recorder, SOURCE, '-ldl', '-lpthread']);
  const path = join(tempFolder(), 'cache.sqlite');
  const trace = join(tempFolder(), 'trace');
  const child = start([driver, path, String(transactions)], {
    env: { ...process.env, LD_PRELOAD: recorder, RECORD_FILES: path, RECORD_TRACE: trace },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The writer ended with ${code}`);
  return { steps: readTrace(readFileSync(trace)), path };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder `bench/`; this file runs as `bench/dist/bench/harness/folders.js`. */
export const benchFolder = new URL('../../../', import.meta.url);

/** A new folder that goes when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reports-cache-bench-'));
  process.setMaxListeners(0);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A path for a new file that goes when the process ends. */
export function temporaryFile(name: string): string {
  return join(temporaryFolder(), name);
}

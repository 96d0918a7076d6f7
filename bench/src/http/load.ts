import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { benchFolder } from '../harness/folders.js';

const run = promisify(execFile);

/** Connections kept busy: enough to saturate one server process. */
export const CONNECTIONS = 32;

export interface Load {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

const hasWrk = spawnSync('wrk', ['-v']).error === undefined;
export const loadTool = hasWrk ? 'wrk' : 'autocannon';

/** Asks the URL as often as it answers, from a process of its own. `wrk` where it is installed: autocannon saturates before the server at 2 MiB. */
export function applyLoad(
  url: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Load> {
  return hasWrk ? byWrk(url, headers, seconds) : byAutocannon(url, headers, seconds);
}

async function byWrk(url: string, headers: Readonly<Record<string, string>>, seconds: number): Promise<Load> {
  const { stdout } = await run('wrk', [
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    ...headerFlags(headers),
    url,
  ]);
  if (/Non-2xx or 3xx|Socket errors/.test(stdout)) throw new Error(`the load failed:\n${stdout}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const requestsPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  return { requests, requestsPerSecond };
}

async function byAutocannon(
  url: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Load> {
  const script = fileURLToPath(new URL('node_modules/autocannon/autocannon.js', benchFolder));
  const { stdout } = await run(process.execPath, [
    script,
    '--json',
    '-c',
    String(CONNECTIONS),
    '-d',
    String(seconds),
    ...headerFlags(headers),
    url,
  ]);
  const { requests } = JSON.parse(stdout) as { requests: { total: number; average: number } };
  return { requests: requests.total, requestsPerSecond: requests.average };
}

function headerFlags(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
}

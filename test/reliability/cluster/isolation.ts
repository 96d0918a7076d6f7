import type { IsolationResult } from '../../freshness/isolation.js';
import { runIsolation } from '../../freshness/isolation.js';

/** The same users ask all instances at once for the same reports, each instance in an order of its own. */
export async function runIsolationOver(urls: readonly string[], requests: number): Promise<IsolationResult> {
  const each = Math.ceil(requests / urls.length);
  const results = await Promise.all(
    urls.map((url, index) => runIsolation(url, each, { concurrency: 32, seed: 20_260_302 + index })),
  );
  const sum = (name: keyof IsolationResult): number =>
    results.reduce((total, result) => total + result[name], 0);
  return { answered: sum('answered'), aborted: sum('aborted'), foreign: sum('foreign') };
}

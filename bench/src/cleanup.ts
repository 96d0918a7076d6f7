import { copyFileSync } from 'node:fs';
import type { Benchmark } from './harness/benchmark.js';
import { temporaryFile } from './harness/folders.js';
import { interleave, type Samples } from './harness/interleave.js';
import { askOnce } from './harness/one-shot.js';
import { toSection, type Goal } from './harness/section.js';
import { DRIVERS, type Driver } from './library.js';
import type { CleanupCost } from './one-shot/cleanup-of-expired.js';
import { fillFile } from './rows.js';

const SCRIPT = new URL('one-shot/cleanup-of-expired.js', import.meta.url);
const ONE = 'one DELETE';
const OURS = 'cleanupExpired';
const LIMITS = 'the limit';
const WAYS = [{ name: ONE }, { name: OURS }];

const benchmark: Benchmark = {
  question:
    'How long does it take to remove expired entries, and how long do reads and writes wait meanwhile?',
  async *run({ quick }) {
    const count = quick ? 100_000 : 1_000_000;
    const filled = temporaryFile('filled.sqlite');
    await fillFile(filled, { count, bytes: 256, expiresAt: Date.now() - 3_600_000 });
    for (const driver of DRIVERS) {
      const costs: Record<string, CleanupCost[]> = { [ONE]: [], [OURS]: [] };
      await interleave(WAYS, quick ? 1 : 3, async ({ name }) => {
        const cost = await cleanCopy(filled, driver, name);
        costs[name]!.push(cost);
        return cost.totalMs;
      });
      const title = `${count.toLocaleString('en-US')} expired entries, ${driver}`;
      const pick = (part: keyof CleanupCost): [{ name: string }, number[]][] =>
        WAYS.map((way) => [way, costs[way.name]!.map((cost) => cost[part])]);
      const within = (limit: number, part: keyof CleanupCost): Samples<{ name: string }> =>
        new Map([[{ name: LIMITS }, [limit]], ...pick(part)]);
      const goal = (yardstick: string, atMost: number): Goal[] => [{ name: OURS, yardstick, atMost }];
      yield toSection(`Total: ${title}`, 'ms', new Map(pick('totalMs')), goal(ONE, 3));
      yield toSection(`Worst read: ${title}`, 'ms', within(25, 'worstReadMs'), goal(LIMITS, 1));
      yield toSection(`Worst write: ${title}`, 'ms', within(50, 'worstWriteMs'), goal(LIMITS, 1));
    }
  },
};

export default benchmark;

async function cleanCopy(filled: string, driver: Driver, way: string): Promise<CleanupCost> {
  const path = temporaryFile('cache.sqlite');
  copyFileSync(filled, path);
  return askOnce<CleanupCost>(SCRIPT, [driver, path, way === ONE ? 'delete' : 'library']);
}

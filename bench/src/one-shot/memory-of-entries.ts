import { setTimeout } from 'node:timers/promises';
import { answerOnce } from '../harness/one-shot.js';
import { makeReport } from '../harness/payload.js';
import { CacheService, openLibrary } from '../library.js';
import { answerCache } from '../stored-answers.js';

// How many bytes more a process holds once it has filled the memory tier.
const [kind, count, bytes] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const app = await openLibrary('sqlite', { memory: { maxBytes: '1gb', maxEntries: 2 * count } });
const values = app.get(CacheService);
const answers = answerCache(app);

await store('warm-up', 1);
const before = await heldBytes();
for (let index = 0; index < count; index += 1) await store(`entry:${index}`, index);
answerOnce((await heldBytes()) - before);

async function store(key: string, seed: number): Promise<void> {
  const report = makeReport(bytes, seed);
  if (kind === 'answers') return answers.set(key, Buffer.from(JSON.stringify(report)));
  await values.set(key, report, { type: 'trial-balance', companyId: 7, ttl: '1h' });
  if (kind === 'values-read') await values.get(key);
}

async function heldBytes(): Promise<number> {
  await setTimeout(1_500);
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc!();
    await setTimeout(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

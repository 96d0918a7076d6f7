import { setTimeout } from 'node:timers/promises';
import { MissReasons } from '../../../src/cache/miss-reasons.js';
import { StoreTier } from '../../../src/cache/store-tier.js';
import { SurplusEntries } from '../../../src/cache/surplus-entries.js';
import { systemClock } from '../../../src/common/clock.js';
import { type Database } from '../../../src/storage/database.js';
import { CacheEntryRepository } from '../../../src/storage/repositories/cache-entry.repository.js';
import { someEntry } from '../../storage/some-entry.js';
import { contentAfter, type Flow } from './flow.js';

/** What a writer tells its parent: it is about to open the file, or the step of a flow has been acknowledged. */
export type WriterMessage = 'ready' | readonly [key: string, step: number];

const RETRY_AFTER_MS = 5;
const WITHOUT_BOUND = { maxBytes: Infinity, maxCompanyShare: 1 };

/**
 * Opens the file and writes to it until it is killed, each flow its steps one by one, as a request would: through
 * the store tier. Nest is left out, because loading it takes longer than a whole cycle.
 */
export async function writeUntilKilled(database: Database, flows: readonly Flow[]): Promise<void> {
  const entries = new CacheEntryRepository(database);
  const surplus = new SurplusEntries(entries, new MissReasons(), WITHOUT_BOUND, 1);
  const store = new StoreTier(entries, surplus, systemClock, 10_000, {
    mayBeLoading: false,
    storeIsBehind: false,
  });
  await tell('ready');
  await database.open();
  await Promise.all(flows.map((flow) => runFlow(store, flow)));
}

async function runFlow(store: StoreTier, flow: Flow): Promise<void> {
  for (let step = flow.step + 1; ; step += 1) {
    while (!(await take(store, flow.key, step))) await setTimeout(RETRY_AFTER_MS);
    await tell([flow.key, step]);
  }
}

/** @returns whether the store says that it is committed. */
async function take(store: StoreTier, key: string, step: number): Promise<boolean> {
  const content = contentAfter(key, step);
  if (content !== undefined) {
    const outcome = await store.put(someEntry({ key, tags: [key], bytes: Buffer.from(content) }));
    return outcome === 'committed';
  }
  return store.removeNow({ key }).then(
    () => true,
    () => false,
  );
}

/** Resolves when the message has left the process, so that a flow is never more than one step ahead of what is known. */
function tell(message: WriterMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

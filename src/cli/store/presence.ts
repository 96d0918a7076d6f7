import { PeriodicTask } from '../../common/periodic-task.js';
import { aliveUntil, BEAT_EVERY_MS } from '../../cluster/lifetimes.js';
import { refusal } from '../exit-codes.js';
import { counted } from '../terminal/units.js';
import type { Store } from './store.js';

/**
 * Is known to the processes that share the store while the work runs: they note for it what they drop, and another
 * command that wants to be alone waits for its end.
 */
export async function whilePresent<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const { processes, database } = store;
  const beat = new PeriodicTask(BEAT_EVERY_MS, () =>
    processes.stayAlive(aliveUntil(database.clock)).catch(() => undefined),
  );
  await processes.join(aliveUntil(database.clock));
  beat.start();
  try {
    return await work();
  } finally {
    await beat.stop();
    await processes.leave().catch(() => undefined);
  }
}

/**
 * An app that runs has dropped entries since they were read elsewhere, and holds others in memory.
 * @throws {CommandError} refused, while a process has the store open.
 */
export async function refuseLive(store: Store): Promise<void> {
  const processes = await store.countProcesses();
  if (processes === 0) return;
  throw refusal(
    `${counted(processes, 'process has', 'processes have')} ${store.database.place} open: stop the app before answers ` +
      'are carried over, or leave --entries out (a process that was killed counts for 30 seconds)',
  );
}

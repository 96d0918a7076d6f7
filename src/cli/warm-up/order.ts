import { setTimeout } from 'node:timers/promises';
import type { SharedWarmUp } from '../../warm-up/warm-up-report.js';
import type { ColdSelection } from '../../warm-up/warm-up-selection.js';
import { ORDER_LOST_AFTER_MS, type NotedOrder, type WarmUpOrder } from '../../warm-up/warm-up-orders.js';
import type { CommandContext } from '../command.js';
import { refusal, unavailable } from '../exit-codes.js';
import type { Store } from '../store/store.js';
import { follow, LOOK_EVERY_MS } from './follow.js';

/** Apps look for orders once a second; a busy one takes longer. Milliseconds. */
const TAKEN_WITHIN_MS = 10_000;

/**
 * Asks the running apps for a warm-up, and follows the one that takes it to its end.
 * @throws {CommandError} refused, while another order is under way; unavailable, when no app takes it.
 */
export async function orderWarmUp(
  store: Store,
  selection: ColdSelection,
  context: CommandContext,
): Promise<SharedWarmUp> {
  const order = await store.warmUps.place(selection);
  if (order === undefined)
    throw refusal(
      'A warm-up that was asked for is still under way: follow it by --watch, or end it by --cancel',
    );
  await untilTaken(store, order, context.signal);
  return follow(() => readOrder(store, order), context);
}

/** What no app takes is taken back, however this ends. */
async function untilTaken({ warmUps }: Store, order: WarmUpOrder, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + TAKEN_WITHIN_MS;
  try {
    while (performance.now() < deadline && (await warmUps.find(order.id))?.order.state === 'open')
      await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  } catch (interruption) {
    await warmUps.withdraw(order);
    throw interruption;
  }
  if (await warmUps.withdraw(order)) throw nobodyTookIt();
}

async function readOrder({ warmUps, database }: Store, { id }: WarmUpOrder): Promise<SharedWarmUp> {
  return toShared(await warmUps.find(id), database.clock.now());
}

function toShared(noted: NotedOrder | undefined, now: number): SharedWarmUp {
  const report = noted?.order.report ?? null;
  if (noted === undefined || now - noted.notedAt > ORDER_LOST_AFTER_MS)
    return { report: report ?? nothingYet(now), state: report?.end ?? 'lost' };
  return { report: report ?? nothingYet(now), state: report?.end ?? 'running' };
}

/** Of an order that waits for its turn. */
function nothingYet(startedAt: number): SharedWarmUp['report'] {
  const counts = { warmed: 0, fresh: 0, unidentified: 0, refused: 0, strayed: 0, overtaken: 0, failed: 0 };
  return {
    ...{ cause: 'command', startedAt, finishedAt: null, end: null, planned: 0, sourceMs: 0 },
    ...counts,
  };
}

function nobodyTookIt() {
  return unavailable(
    'No running app took the warm-up: give ReportsCacheModule the option warmUp, in this version of the package',
  );
}

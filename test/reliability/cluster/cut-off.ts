import { setTimeout } from 'node:timers/promises';
import type { Crew } from '../processes/crew.js';
import type { Wire } from './wire.js';

/** How long a drop is waited for that never comes, in milliseconds. */
const PATIENCE_MS = 10_000;

/** How an instance's wire fails. */
export type WireFault = 'cut' | 'freeze';

/**
 * An instance that has a key in memory loses its wire to the server, and another one drops the key.
 * @returns how long after the drop the first one still answered with it, in milliseconds; `Infinity` when it went on.
 */
export async function dropBehind(crew: Crew, wire: Wire, fault: WireFault): Promise<number> {
  const [other, blind] = crew.workers as [(typeof crew.workers)[0], (typeof crew.workers)[0]];
  const argument = { key: `behind-${fault}` };
  await other.ask('set', argument);
  await blind.ask('hold', argument);
  wire[fault]();
  const droppedAt = await other.ask('drop', argument);
  const gone = blind.ask('goneAt', argument);
  const goneAt = await Promise.race([gone, setTimeout(PATIENCE_MS, Infinity, { ref: false })]);
  return Math.max(0, goneAt - droppedAt);
}

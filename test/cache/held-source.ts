import { vi } from 'vitest';
import { Gate } from './gate.js';

/** A source whose answers come when the test lets them; `values` one after the other, the last again and again. */
export function heldSource<T>(...values: T[]) {
  const gate = new Gate();
  gate.close();
  let runs = 0;
  const load = vi.fn(async (): Promise<T> => {
    const value = values[Math.min(runs, values.length - 1)] as T;
    runs += 1;
    await gate.pass();
    if (value instanceof Error) throw value;
    return value;
  });
  return { load, started: (loads = 1) => gate.reached(loads), finish: () => gate.open() };
}

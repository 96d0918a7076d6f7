import { Gate } from '../http/gate.js';

/** A load that tells when it has begun, and goes on until it is told to finish. */
export function heldLoad<T>(value: T) {
  const began = new Gate();
  const finished = new Gate();
  let runs = 0;
  return {
    began: began.opened,
    finish: finished.open,
    get runs() {
      return runs;
    },
    run: async (): Promise<T> => {
      runs += 1;
      began.open();
      await finished.opened;
      return value;
    },
  };
}

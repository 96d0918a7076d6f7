import { timerDelay } from './timer-delay.js';

/**
 * Waits for work, but not longer than `milliseconds`.
 * @throws what `late()` makes, when the time is over first. The work itself goes on; its result is dropped.
 */
export function inTime<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timerDelay(milliseconds));
    const settled =
      <Result>(settle: (result: Result) => void) =>
      (result: Result): void => {
        clearTimeout(timer);
        settle(result);
      };
    work.then(settled(resolve), settled(reject));
  });
}

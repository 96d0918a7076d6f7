import { timerDelay } from './timer-delay.js';

/** Resolves after so many milliseconds, or when the signal is aborted. Keeps no process alive. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, timerDelay(milliseconds));
    timer.unref();
    signal?.addEventListener('abort', end);
  });
}

import { timerDelay } from '../common/timer-delay.js';

/** What the work brings, or `'late'` after `milliseconds`; without a time it is waited for. The work goes on. */
export function afterAtMost<T>(milliseconds: number | undefined, work: Promise<T>): Promise<T | 'late'> {
  if (milliseconds === undefined) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('late'), timerDelay(milliseconds));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

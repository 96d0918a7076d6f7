import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RenewedLease } from '../../src/cluster/renewed-lease.js';
import { ManualClock } from '../support/manual-clock.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a lease is renewed while its load runs, and no more when that has taken a minute', async () => {
  const clock = new ManualClock();
  const renew = vi.fn(() => Promise.resolve());
  const lease = new RenewedLease('key', 'holder', { renew, release: () => Promise.resolve() }, clock);
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await vi.advanceTimersByTimeAsync(1_000);
    }
  };
  await pass(60);
  const renewals = renew.mock.calls.length;
  expect(renewals).toBeGreaterThan(30);
  await pass(60);
  expect(renew.mock.calls.length).toBeLessThanOrEqual(renewals + 1);
  lease.release();
});

import { describe, expect, test } from 'vitest';
import { ServerClock } from '../../src/common/server-clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { SteppedClock } from '../support/stepped-clock.js';

const T0 = Date.UTC(2026, 0, 15, 8);

/** A server that is ahead by so much, and takes its time both ways. */
function server(own: ManualClock, aheadMs: number, roundTripMs: number): () => Promise<number> {
  return () => {
    own.advance(roundTripMs / 2);
    const time = own.now() + aheadMs;
    own.advance(roundTripMs / 2);
    return Promise.resolve(time);
  };
}

describe('the clock of a server', () => {
  test('is this machine’s until the server was asked', () => {
    expect(new ServerClock(new ManualClock(T0)).now()).toBe(T0);
  });

  test('is the server’s, whichever of the two is ahead', async () => {
    const own = new ManualClock(T0);
    const clock = new ServerClock(own);
    await clock.follow(server(own, 90_000, 2));
    expect(clock.now()).toBe(own.now() + 90_000);
    await clock.follow(server(own, -3_000, 2));
    expect(clock.now()).toBe(own.now() - 3_000);
    own.advance(5);
    expect(clock.now()).toBe(T0 + 4 + 5 - 3_000);
  });

  test('does not move by less than the question itself may err', async () => {
    const own = new ManualClock(T0);
    const clock = new ServerClock(own);
    await clock.follow(server(own, 1_000, 2));
    await clock.follow(server(own, 1_020, 60));
    expect(clock.ahead).toBe(1_000);
    await clock.follow(server(own, 1_020, 10));
    expect(clock.ahead).toBe(1_020);
  });

  test('goes on as before when the server does not answer', async () => {
    const own = new ManualClock(T0);
    const clock = new ServerClock(own);
    await clock.follow(server(own, 500, 0));
    await expect(clock.follow(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(clock.ahead).toBe(500);
  });

  test.each([3_600_000, -3_600_000])(
    'stays the server’s when this machine’s is set by %i ms',
    async (step) => {
      const own = new SteppedClock(T0);
      const clock = new ServerClock(own);
      await clock.follow(() => Promise.resolve(T0 + 5_000));
      own.step(step);
      own.advance(10);
      expect(clock.now()).toBe(T0 + 5_010);
    },
  );

  test('tells once that this machine’s was set, and not that it drifts', async () => {
    const own = new SteppedClock(T0);
    const clock = new ServerClock(own);
    await clock.follow(() => Promise.resolve(T0));
    own.step(100);
    expect(clock.wasSet()).toBe(false);
    own.step(-60_000);
    expect([clock.wasSet(), clock.wasSet()]).toEqual([true, false]);
  });

  test('is the server’s again after a sleep that the monotonic clock did not count', async () => {
    const own = new SteppedClock(T0);
    const clock = new ServerClock(own);
    await clock.follow(() => Promise.resolve(T0));
    own.step(3_600_000);
    expect(clock.wasSet()).toBe(true);
    await clock.follow(() => Promise.resolve(T0 + 3_600_000));
    expect(clock.now()).toBe(T0 + 3_600_000);
  });
});

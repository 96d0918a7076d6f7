import { describe, expect, test } from 'vitest';
import { ServerClock } from '../../src/common/server-clock.js';
import { ManualClock } from '../support/manual-clock.js';

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
});

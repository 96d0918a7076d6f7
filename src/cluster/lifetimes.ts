import type { Clock } from '../common/clock.js';

/** How often a process says that it is alive, in milliseconds. */
export const BEAT_EVERY_MS = 10_000;

/** A process that was silent for so long counts as dead, in milliseconds; two beats may be late. */
const ALIVE_FOR_MS = 3 * BEAT_EVERY_MS;

/** How long a lease lasts without being renewed: how long the others wait for a process that died, in milliseconds. */
const LEASE_MS = 5_000;

/** A third of a lease: two renewals may be late. */
export const RENEW_EVERY_MS = LEASE_MS / 3;

/** How long a lease is renewed, in milliseconds: a load that hangs must not keep the other processes from theirs. */
export const RENEWED_FOR_MS = 60_000;

/** How late a process may ask again for its job before another may have it, in milliseconds: a run takes a while. */
const JOB_SLACK_MS = 60_000;

/** Epoch milliseconds until when a process that speaks now counts as alive. */
export function aliveUntil(clock: Clock): number {
  return clock.now() + ALIVE_FOR_MS;
}

/** Epoch milliseconds until when a lease that is taken or renewed now lasts. */
export function leasedUntil(clock: Clock): number {
  return clock.now() + LEASE_MS;
}

/** Epoch milliseconds until when a process keeps a job that it gets now and will ask for again in so many. */
export function jobKeptUntil(clock: Clock, dueAgainInMs: number): number {
  return clock.now() + dueAgainInMs + JOB_SLACK_MS;
}

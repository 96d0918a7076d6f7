import type { Clock } from 'nestjs-reports-cache';

/**
 * A clock that a simulated week is driven by. Looking at it takes a moment, so that a hit takes about as long as on a
 * real machine; a source moves it on by what its query would take.
 */
export class SimulatedClock implements Clock {
  private looks = 0;

  constructor(private time: number) {}

  now(): number {
    return Math.floor(this.time);
  }

  elapsed(): number {
    this.looks += 1;
    this.time += 0.3 + (this.looks % 7) / 10;
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Moves on to an instant; one that has passed changes nothing. */
  advanceTo(time: number): void {
    this.time = Math.max(this.time, time);
  }
}

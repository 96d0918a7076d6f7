import { ManualClock } from './manual-clock.js';

/** A clock that can be set, as by an administrator: the monotonic one goes on. */
export class SteppedClock extends ManualClock {
  private stepped = 0;

  step(milliseconds: number): void {
    this.stepped += milliseconds;
  }

  override now(): number {
    return super.now() + this.stepped;
  }
}

import type { Clock } from '../common/clock.js';

/** Failures in a row after which nobody waits for the store any more. */
const FAILURES_TO_OPEN = 5;
/** How long an open breaker refuses before it lets one call through to try, in milliseconds. */
const COOL_DOWN_MS = 1_000;

/** Circuit breaker (Nygard, Release It!): after repeated failures calls are refused at once; one call in a while tries. */
export class CircuitBreaker {
  private failures = 0;
  private retryAt = 0;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  /** Whether a call may be made now. While open, one caller per cool-down gets through. */
  admits(): boolean {
    if (!this.isOpen) return true;
    const now = this.clock.elapsed();
    if (now < this.retryAt) return false;
    this.retryAt = now + COOL_DOWN_MS;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures += 1;
    if (this.isOpen) this.retryAt = this.clock.elapsed() + COOL_DOWN_MS;
  }
}

import { type Clock, systemClock } from './clock.js';

/** How far this machine's clock may go apart from its monotonic one by itself, in milliseconds, between two questions. */
const STEP_MS = 500;

/**
 * The time of a server that several instances share, so that an entry ends for all of them at once, whatever their own
 * clocks say: once it was asked, its answer and what the monotonic clock has counted since. Rejected: asking the server
 * in every statement, for a hit in memory has none; this machine's time and what it was found to be off, for whoever
 * sets that clock would move the end of every entry with it.
 */
export class ServerClock implements Clock {
  /** The server's time when the monotonic clock was at 0. */
  private origin: number | undefined;
  /** The same of this machine, when it was last looked at. */
  private ownOrigin: number;

  constructor(private readonly own: Clock = systemClock) {
    this.ownOrigin = own.now() - own.elapsed();
  }

  now(): number {
    return this.origin === undefined ? this.own.now() : Math.round(this.origin + this.own.elapsed());
  }

  elapsed(): number {
    return this.own.elapsed();
  }

  /** Milliseconds that the server is ahead of this machine, as far as is known. */
  get ahead(): number {
    return this.now() - this.own.now();
  }

  /**
   * Whether this machine's clock was set since the last call, or the machine slept, which its monotonic clock may not
   * have counted: the server should be asked again.
   */
  wasSet(): boolean {
    const origin = this.own.now() - this.own.elapsed();
    if (Math.abs(origin - this.ownOrigin) < STEP_MS) return false;
    this.ownOrigin = origin;
    return true;
  }

  /**
   * Asks the server for its time. It is taken to have looked midway between question and answer, which errs by half of
   * the time between them at the most (Cristian's algorithm); a correction smaller than that is none.
   * @param ask returns the server's time in epoch milliseconds
   * @throws what `ask` throws; the time goes on as before.
   */
  async follow(ask: () => Promise<number>): Promise<void> {
    const askedAt = this.own.elapsed();
    const server = await ask();
    const answeredAt = this.own.elapsed();
    const mayErr = (answeredAt - askedAt) / 2;
    const origin = server + mayErr - answeredAt;
    const known = this.origin ?? this.own.now() - answeredAt;
    this.origin = Math.abs(origin - known) > Math.ceil(mayErr) ? origin : known;
    this.ownOrigin = this.own.now() - answeredAt;
  }
}

import { type Clock, systemClock } from './clock.js';

/**
 * The time of a server that several instances share, so that an entry ends for all of them at once, whatever their own
 * clocks say: this machine's time, moved by what it was found to be off. Rejected: asking the server in every
 * statement, for a hit in memory has none.
 */
export class ServerClock implements Clock {
  private offset = 0;

  constructor(private readonly own: Clock = systemClock) {}

  now(): number {
    return this.own.now() + this.offset;
  }

  elapsed(): number {
    return this.own.elapsed();
  }

  /** Milliseconds that the server is ahead of this machine, as far as is known. */
  get ahead(): number {
    return this.offset;
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
    const mayErr = (this.own.elapsed() - askedAt) / 2;
    const offset = Math.round(server + mayErr - this.own.now());
    if (Math.abs(offset - this.offset) > Math.ceil(mayErr)) this.offset = offset;
  }
}

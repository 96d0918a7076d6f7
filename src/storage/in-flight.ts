/** Knows what is still running, so that a connection is not closed under it. */
export class InFlight {
  private readonly running = new Set<Promise<unknown>>();

  async track<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.running.add(promise);
    try {
      return await promise;
    } finally {
      this.running.delete(promise);
    }
  }

  /** Resolves when all that runs now has settled. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}

/** Open at first. While it is closed, whoever comes waits. */
export class Gate {
  private closed = false;
  private waiting: (() => void)[] = [];
  private watchers: { count: number; resolve: () => void }[] = [];

  close(): void {
    this.closed = true;
  }

  /** Whoever waits goes on waiting; who comes from now on does not. */
  holdNoMore(): void {
    this.closed = false;
  }

  open(): void {
    this.closed = false;
    for (const proceed of this.waiting.splice(0)) proceed();
  }

  pass(): Promise<void> {
    if (!this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.watchers = this.watchers.filter(({ count, resolve: tell }) => {
        if (this.waiting.length >= count) tell();
        return this.waiting.length < count;
      });
    });
  }

  /** Resolves when so many wait. */
  reached(count = 1): Promise<void> {
    if (this.waiting.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.watchers.push({ count, resolve }));
  }
}

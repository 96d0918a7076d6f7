/** Lets those who want the same view at the same time share one reading: a wall of screens costs as much as one. */
export class SingleReads {
  private readonly running = new Map<string, Promise<unknown>>();

  of<T>(id: string, read: () => Promise<T>): Promise<T> {
    const running = this.running.get(id) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const started = read().finally(() => this.running.delete(id));
    this.running.set(id, started);
    return started;
  }
}

import { timerDelay } from './timer-delay.js';

/** Runs a task again and again, the next run a fixed time after the last one ended, so that two never overlap. */
export class PeriodicTask {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  /** @param task must not reject. */
  constructor(
    private readonly everyMs: number,
    private readonly task: () => Promise<void>,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.task().finally(() => {
        this.running = undefined;
        if (this.timer !== undefined) this.start();
      });
    }, timerDelay(this.everyMs));
    this.timer.unref();
  }

  /** Resolves when a run in progress has ended. Stopping twice is fine. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }
}

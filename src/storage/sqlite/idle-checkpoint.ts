/** No commit for so long, and the write-ahead log is folded into the file. */
const IDLE_MS = 200;

/**
 * Folds the write-ahead log into the file while nobody writes. Left to SQLite, the commit that fills the log waits
 * for two fsyncs: that is what made p99 of a write 50 times its p50. Under writes without a pause SQLite still does
 * it by itself, see `wal_autocheckpoint`.
 */
export class IdleCheckpoint {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly checkpoint: () => void) {}

  /** A transaction was committed: the wait starts again. The timer does not keep the process alive. */
  touch(): void {
    if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.fire(), IDLE_MS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private fire(): void {
    this.stop();
    this.checkpoint();
  }
}

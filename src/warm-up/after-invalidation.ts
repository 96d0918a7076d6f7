import type { EntrySelector } from '../common/entry-selector.js';
import { timerDelay } from '../common/timer-delay.js';
import type { ColdSelection } from './warm-up-selection.js';

/** Beyond so many different ones, everything is looked through. */
const MAX_SELECTIONS = 20;

/**
 * Warms up again what was dropped, a while after the first drop, so that drops that come together cost one run. What
 * is dropped during a run waits for its end, and costs one more.
 */
export class AfterInvalidation {
  private readonly selections = new Map<string, ColdSelection>();
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;
  private isStopped = false;

  /** @param warmUp must not reject. */
  constructor(
    private readonly delayMs: number,
    private readonly warmUp: (selections: readonly ColdSelection[]) => Promise<unknown>,
  ) {}

  /** Not those of a single user, which are never warmed. */
  note(selector: EntrySelector): void {
    // Beyond the bound it does not matter any more what else was dropped.
    const isFull = this.selections.size > MAX_SELECTIONS;
    if (this.isStopped || isFull || selector.username !== undefined) return;
    const { key, type, companyId } = selector;
    const selection = { key, type, companyId };
    this.selections.set(JSON.stringify(selection), selection);
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.isStopped || this.isRunning || this.selections.size === 0) return;
    this.timer ??= setTimeout(() => this.begin(), timerDelay(this.delayMs)).unref();
  }

  private begin(): void {
    const selections = this.selections.size > MAX_SELECTIONS ? [{}] : [...this.selections.values()];
    this.selections.clear();
    this.timer = undefined;
    this.isRunning = true;
    void this.warmUp(selections).finally(() => {
      this.isRunning = false;
      this.schedule();
    });
  }
}

/** Of so many drops the times are kept. */
const KEPT = 1_000;

/** How long drops of other processes took to have their effect here. */
export interface DropDelay {
  /** Within so many milliseconds they are looked for; a notice is faster. */
  readonly pollEveryMs: number;
  /** Of the last one, in milliseconds by the store's clock; `null` before the first. */
  readonly lastMs: number | null;
  /** What 99 of 100 of the last thousand took at the most, in milliseconds; `null` before the first. */
  readonly p99Ms: number | null;
  /** How many have been carried out here. */
  readonly measured: number;
}

/** From a drop's being noted in the store to its having left this process's memory. */
export class DropDelays {
  private readonly kept: number[] = [];
  private measured = 0;

  /** @param delayMs below 0 where clocks differ by more than it took. */
  record(delayMs: number): void {
    this.kept[this.measured % KEPT] = Math.max(0, Math.round(delayMs));
    this.measured += 1;
  }

  summary(pollEveryMs: number): DropDelay {
    const { kept, measured } = this;
    const sorted = [...kept].sort((one, other) => one - other);
    return {
      pollEveryMs,
      lastMs: kept[(measured - 1) % KEPT] ?? null,
      p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null,
      measured,
    };
  }
}

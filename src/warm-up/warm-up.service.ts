import { Mutex } from 'async-mutex';
import type { Clock } from '../common/clock.js';
import type { EntryRefresher } from '../common/entry-refresher.js';
import { InvalidArgumentError } from '../common/errors.js';
import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { ResolvedWarmUpOptions } from '../common/warm-up-options.js';
import type { ProgressNote } from './progress-note.js';
import {
  describeReport,
  type SharedWarmUp,
  type WarmUpCause,
  type WarmUpEnd,
  type WarmUpProgress,
  type WarmUpReport,
} from './warm-up-report.js';
import type { WarmUpOrders } from './warm-up-orders.js';
import type { WarmUpRun } from './warm-up-run.js';
import { toColdSelection, type ColdSelection, type WarmUpSelection } from './warm-up-selection.js';
import { WarmUpTally } from './warm-up-tally.js';

/** What {@link WarmUpService} is made of where the option `warmUp` is given. */
export interface WarmUpParts {
  readonly run: WarmUpRun;
  readonly note: ProgressNote;
  readonly orders: WarmUpOrders;
  /** Writes what was asked a moment ago. */
  readonly remember: () => Promise<void>;
  readonly options: ResolvedWarmUpOptions;
}

/**
 * Asks for reports before users do: what they asked for often and waited for long, and what is not there now. Requests
 * go through the app's own guards, pipes and handlers, as the identity that `warmUp.identify` supplies, and are not
 * logged as a user's. Entries of a single user are left alone.
 */
export class WarmUpService implements EntryRefresher {
  private readonly logger = new ModuleLogger();
  // One after another: two at once would each take the budget of source queries for itself.
  private readonly turn = new Mutex();
  private stopping = new AbortController();
  private isStopped = false;
  private running: WarmUpTally | undefined;
  private last: WarmUpReport | null = null;

  /** @param parts `undefined`: the option `warmUp` is not given. */
  constructor(
    private readonly parts: WarmUpParts | undefined,
    private readonly clock: Clock,
  ) {}

  /**
   * Warms up now, after what runs in this process already; resolves when it has ended, however it did.
   * @param selection which reports; default all.
   * @param signal ends it; what the source has begun it may finish.
   * @throws {InvalidArgumentError} when the option `warmUp` is not given, or naming the condition that is none.
   */
  async run(selection: WarmUpSelection = {}, signal?: AbortSignal): Promise<WarmUpReport> {
    return this.start('call', [toColdSelection(selection)], signal);
  }

  /**
   * Asks for one entry that was dropped, now and beside whatever runs.
   * @param key of the entry, as `cache_entries` has it.
   * @returns whether its report ran and is kept; `false` also where nobody knows how it was asked for.
   * @throws {InvalidArgumentError} for a key that is none; what the store throws.
   */
  async refresh(key: string): Promise<boolean> {
    const { key: known = '' } = toColdSelection({ key });
    if (this.parts === undefined) return false;
    await this.parts.remember();
    return (await this.parts.run.refresh(known, this.stopping.signal)) === 'warmed';
  }

  /** Ends the warm-ups that run or wait in this process. What the source has begun it may finish. */
  cancel(): void {
    this.stopping.abort();
    if (!this.isStopped) this.stopping = new AbortController();
  }

  /**
   * As {@link cancel}, in all processes that share the store: in the others within a second or two.
   * @throws what the store throws; those of this process have ended.
   */
  async cancelEverywhere(): Promise<void> {
    this.cancel();
    await this.parts?.orders.tellToCancel();
  }

  /** @internal {@link cancel} for good: what a tick of the clock begins from now on ends as cancelled at once. */
  stop(): void {
    this.isStopped = true;
    this.cancel();
  }

  /** The warm-up that runs in this process, and the last one. */
  progress(): WarmUpProgress {
    return { enabled: this.parts !== undefined, running: this.running?.report ?? null, last: this.last };
  }

  /**
   * The newest warm-up of all processes that share the store, at most a second old; `null`: none found anything to do
   * yet, or the option `warmUp` is not given.
   * @throws what the store throws.
   */
  async latest(): Promise<SharedWarmUp | null> {
    return (await this.parts?.note.latest()) ?? null;
  }

  /** @internal {@link run} for several selections, and for another cause. */
  async start(
    cause: WarmUpCause,
    selections: readonly ColdSelection[],
    signal?: AbortSignal,
  ): Promise<WarmUpReport> {
    const { parts } = this;
    if (parts === undefined)
      throw new InvalidArgumentError('Nothing can be warmed up: give the module the option "warmUp"');
    const signals = [this.stopping.signal, ...(signal === undefined ? [] : [signal])];
    return this.turn.runExclusive(() => this.runNow(parts, cause, selections, AbortSignal.any(signals)));
  }

  private async runNow(
    parts: WarmUpParts,
    cause: WarmUpCause,
    selections: readonly ColdSelection[],
    signal: AbortSignal,
  ): Promise<WarmUpReport> {
    const tally = new WarmUpTally(cause, this.clock.now());
    this.running = tally;
    parts.note.begin(() => tally.report);
    const end = await this.endOf(parts, selections, tally, signal);
    this.running = undefined;
    this.last = tally.finish(end, this.clock.now());
    this.tell(this.last);
    await parts.note.end(this.last);
    return this.last;
  }

  private async endOf(
    { run, remember, options }: WarmUpParts,
    selections: readonly ColdSelection[],
    tally: WarmUpTally,
    signal: AbortSignal,
  ): Promise<WarmUpEnd> {
    const inTime = AbortSignal.timeout(options.maxDurationMs);
    try {
      await remember();
      return await run.run(selections, tally, AbortSignal.any([signal, inTime]));
    } catch (error) {
      if (signal.aborted) return 'cancelled';
      if (inTime.aborted) return 'overtime';
      this.logger.debug(`A warm-up could not begin: ${messageOf(error)}`);
      return 'failed';
    }
  }

  /** Nothing of a warm-up that found everything there: after every posting it would be a line. */
  private tell(report: WarmUpReport): void {
    if (report.planned === 0) return;
    const message = `Warm-up (${report.cause}) ${report.end}: ${describeReport(report)}`;
    if (report.end === 'gave-up' || report.refused > 0) this.logger.warn(message);
    else this.logger.log(message);
  }
}

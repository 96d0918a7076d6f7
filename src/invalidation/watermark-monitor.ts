import type { Clock } from '../common/clock.js';
import { inTime } from '../common/in-time.js';
import type { JobTurns } from '../common/job-turns.js';
import { loggable } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import { PeriodicTask } from '../common/periodic-task.js';
import { ProbeTimeout } from './watermark-probe.js';
import type { WatermarkService } from './watermark.service.js';

/** The job's name among the processes that share the store. */
const TURN = 'watermarks';

/** What the monitor saw last. */
export interface WatermarkHealth {
  /** Whether the last probe succeeded; also while another process asks, which then says so itself. */
  readonly ok: boolean;
  /** Why the last probe failed; no text of the source's error leaves the log. */
  readonly failure?: 'failed' | 'timed out';
  /** Epoch milliseconds of the last probe that succeeded. */
  readonly lastSuccess: number | undefined;
}

/**
 * Probes the books once an interval, however many requests and processes there are, and never twice at once. A source
 * that fails is asked again at the next interval, and one that hangs as well, after its call has been aborted; reports
 * are served meanwhile. Rejected: a longer wait after each failure, for it would put off the recovery.
 */
export class WatermarkMonitor {
  private readonly logger = new ModuleLogger();
  private readonly task: PeriodicTask;
  private failure: WatermarkHealth['failure'];
  private lastSuccess: number | undefined;
  private checking: Promise<unknown> | undefined;

  constructor(
    private readonly watermarks: WatermarkService,
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly turns: JobTurns,
  ) {
    this.task = new PeriodicTask(everyMs, () => this.probe());
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }

  get health(): WatermarkHealth {
    return { ok: this.failure === undefined, failure: this.failure, lastSuccess: this.lastSuccess };
  }

  /**
   * One probe, unless it is another process's turn: that one tells what it finds by dropping it. Settles after one
   * interval at the latest, and never rejects. While the store cannot say whose turn it is, every process asks.
   */
  async probe(): Promise<void> {
    if ((await this.turns.claim(TURN, this.everyMs)) === 'theirs') this.leftToOthers();
    else await this.ask();
  }

  private async ask(): Promise<void> {
    try {
      await inTime(this.check(), this.everyMs, () => new ProbeTimeout(this.everyMs));
      this.succeeded();
    } catch (error) {
      this.failed(error instanceof ProbeTimeout ? 'timed out' : 'failed', error);
      // Another process may reach the books where this one cannot.
      this.turns.handOn(TURN);
    }
  }

  private leftToOthers(): void {
    this.failure = undefined;
    this.watermarks.othersAsk();
  }

  /** One that still writes what it learnt is waited for again: on a slow disk, checks would pile up. */
  private check(): Promise<unknown> {
    this.checking ??= this.watermarks.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private succeeded(): void {
    if (this.failure !== undefined) this.logger.log('The watermark source answers again');
    this.failure = undefined;
    this.lastSuccess = this.clock.now();
  }

  private failed(failure: 'failed' | 'timed out', error: unknown): void {
    if (this.failure === undefined) {
      this.logger.warn(`The watermark source cannot be asked: ${loggable(error)}`);
    }
    this.failure = failure;
  }
}

import type { Clock } from '../common/clock.js';
import { inTime } from '../common/in-time.js';
import { loggable } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import { PeriodicTask } from '../common/periodic-task.js';
import { ProbeTimeout } from './watermark-probe.js';
import type { WatermarkService } from './watermark.service.js';

/** What the monitor saw last. */
export interface WatermarkHealth {
  readonly ok: boolean;
  /** Why the last probe failed; no text of the source's error leaves the log. */
  readonly failure?: 'failed' | 'timed out';
  /** Epoch milliseconds of the last probe that succeeded. */
  readonly lastSuccess: number | undefined;
}

/**
 * Probes the books once an interval, however many requests come, and never twice at once. A source that fails is asked
 * again at the next interval, and one that hangs as well, after its call has been aborted; reports are served
 * meanwhile. Rejected: a longer wait after each failure, for it would put off the recovery.
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

  /** One probe; settles after one interval at the latest, and never rejects. */
  async probe(): Promise<void> {
    try {
      await inTime(this.check(), this.everyMs, () => new ProbeTimeout(this.everyMs));
      this.succeeded();
    } catch (error) {
      this.failed(error instanceof ProbeTimeout ? 'timed out' : 'failed', error);
    }
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

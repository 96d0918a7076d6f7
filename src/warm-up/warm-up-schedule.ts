import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { AfterInvalidation } from './after-invalidation.js';
import type { AskedRequests } from './asked-requests.js';
import type { OrderTaker } from './order-taker.js';
import type { WarmUpJob } from './warm-up.job.js';
import type { WarmUpService } from './warm-up.service.js';

/** How often what was asked is written: a process that is killed loses what it counted since. */
const FLUSH_EVERY_MS = 30_000;

/** What begins warm-ups by itself; those that the options do not ask for are missing. */
export interface WarmUpTriggers {
  readonly asked: AskedRequests;
  readonly job: WarmUpJob | undefined;
  readonly afterInvalidation: AfterInvalidation | undefined;
  readonly orders: OrderTaker | undefined;
}

/** Starts and stops with the app. */
export class WarmUpSchedule {
  private readonly logger = new ModuleLogger();
  private readonly flushing = new PeriodicTask(FLUSH_EVERY_MS, () => this.tryFlush());

  constructor(
    private readonly service: WarmUpService,
    private readonly triggers: WarmUpTriggers,
  ) {}

  start(): void {
    this.flushing.start();
    this.triggers.job?.start();
    this.triggers.orders?.start();
  }

  /** Ends a warm-up that runs; resolves without waiting for what the source has begun. */
  async stop(): Promise<void> {
    this.triggers.afterInvalidation?.stop();
    this.service.stop();
    await Promise.all([this.flushing.stop(), this.triggers.job?.stop(), this.triggers.orders?.stop()]);
  }

  /** Writes what was asked since the last time. @throws what the store throws. */
  async flush(): Promise<void> {
    await this.triggers.asked.flush();
  }

  private async tryFlush(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.logger.debug(`Could not write what was asked: ${messageOf(error)}`);
    }
  }
}

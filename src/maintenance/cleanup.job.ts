import type { SchedulerRegistry } from '@nestjs/schedule';
import { StoreUnavailableError } from '../common/errors.js';
import type { JobTurns } from '../common/job-turns.js';
import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import { ScheduledJob } from '../common/scheduled-job.js';
import type { Cleanup } from './cleanup.js';

/** The name of the job in Nest's `SchedulerRegistry`. */
export const CLEANUP_JOB_NAME = 'reports-cache:cleanup';

/** Its name among the processes that share the store. */
const TURN = 'cleanup';

/** Runs the cleanup by cron. Every process has the job; one of those that share the store cleans up for all. */
export class CleanupJob {
  private readonly logger = new ModuleLogger();
  private readonly job: ScheduledJob;

  /** @param findRegistry called when the app has started: before, the app's own registry may not be there. */
  constructor(
    findRegistry: () => SchedulerRegistry,
    private readonly cleanup: Cleanup,
    cron: string,
    private readonly turns: JobTurns,
  ) {
    this.job = new ScheduledJob(CLEANUP_JOB_NAME, findRegistry, cron, () => this.run());
  }

  start(): void {
    this.job.start();
  }

  stop(): Promise<void> {
    return this.job.stop();
  }

  private async run(): Promise<void> {
    try {
      this.cleanup.sweepMemory();
      if ((await this.turns.claim(TURN, this.job.untilNextMs)) === 'ours') await this.cleanup.run();
    } catch (error) {
      this.turns.handOn(TURN);
      this.report(error);
    }
  }

  /** A database that is out was reported when it went; there is nothing to add every few minutes. */
  private report(error: unknown): void {
    const message = `The cleanup failed: ${messageOf(error)}`;
    if (error instanceof StoreUnavailableError) this.logger.debug(message);
    else this.logger.warn(message);
  }
}

import type { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { StoreUnavailableError } from '../common/errors.js';
import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import type { Cleanup } from './cleanup.js';

/** The name of the job in Nest's `SchedulerRegistry`. */
export const CLEANUP_JOB_NAME = 'reports-cache:cleanup';

/**
 * Runs the cleanup by cron, as a job of Nest's `SchedulerRegistry`, where the app can see, stop and run it.
 *
 * Rejected: `@Cron`, whose expression is fixed before the options are known, and importing `ScheduleModule.forRoot()`,
 * which a second time doubles the app's own jobs.
 */
export class CleanupJob {
  private readonly logger = new ModuleLogger();
  private job: CronJob | undefined;
  private registry: SchedulerRegistry | undefined;

  /** @param findRegistry called when the app has started: before, the app's own registry may not be there. */
  constructor(
    private readonly findRegistry: () => SchedulerRegistry,
    private readonly cleanup: Cleanup,
    private readonly cron: string,
  ) {}

  start(): void {
    this.job = CronJob.from({
      cronTime: this.cron,
      onTick: () => this.run(),
      waitForCompletion: true,
      unrefTimeout: true,
    });
    this.registry = this.findRegistry();
    this.registry.addCronJob(CLEANUP_JOB_NAME, this.job);
    this.job.start();
  }

  async stop(): Promise<void> {
    if (this.job === undefined) return;
    await this.job.stop();
    this.job = undefined;
    if (this.registry?.doesExist('cron', CLEANUP_JOB_NAME)) this.registry.deleteCronJob(CLEANUP_JOB_NAME);
  }

  private async run(): Promise<void> {
    try {
      await this.cleanup.run();
    } catch (error) {
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

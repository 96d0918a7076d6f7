import type { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob, sendAt } from 'cron';

/**
 * Work by cron, as a job of Nest's `SchedulerRegistry`, where the app can see, stop and run it; one run at a time.
 *
 * Rejected: `@Cron`, whose expression is fixed before the options are known, and importing `ScheduleModule.forRoot()`,
 * which a second time doubles the app's own jobs.
 */
export class ScheduledJob {
  private job: CronJob | undefined;
  private registry: SchedulerRegistry | undefined;

  /**
   * @param findRegistry called when the app has started: before, the app's own registry may not be there.
   * @param work must not reject.
   */
  constructor(
    private readonly name: string,
    private readonly findRegistry: () => SchedulerRegistry,
    private readonly cron: string,
    private readonly work: () => Promise<void>,
  ) {}

  /** Until the next run is due, in milliseconds. */
  get untilNextMs(): number {
    return sendAt(this.cron).toMillis() - Date.now();
  }

  start(): void {
    this.job = CronJob.from({
      cronTime: this.cron,
      onTick: this.work,
      waitForCompletion: true,
      unrefTimeout: true,
    });
    this.registry = this.findRegistry();
    this.registry.addCronJob(this.name, this.job);
    this.job.start();
  }

  /** Resolves when a run in progress has ended. Stopping twice is fine. */
  async stop(): Promise<void> {
    if (this.job === undefined) return;
    await this.job.stop();
    this.job = undefined;
    if (this.registry?.doesExist('cron', this.name)) this.registry.deleteCronJob(this.name);
  }
}

import type { SchedulerRegistry } from '@nestjs/schedule';
import type { JobTurns } from '../common/job-turns.js';
import { ScheduledJob } from '../common/scheduled-job.js';

/** The name of the job in Nest's `SchedulerRegistry`. */
export const WARM_UP_JOB_NAME = 'reports-cache:warm-up';

/** Its name among the processes that share the store. */
const TURN = 'warm-up';

/** Warms up by cron. Every process has the job; one of those that share the store warms up for all. */
export class WarmUpJob {
  private readonly job: ScheduledJob;

  /**
   * @param findRegistry called when the app has started: before, the app's own registry may not be there.
   * @param warmUp must not reject.
   */
  constructor(
    findRegistry: () => SchedulerRegistry,
    cron: string,
    private readonly turns: JobTurns,
    private readonly warmUp: () => Promise<unknown>,
  ) {
    this.job = new ScheduledJob(WARM_UP_JOB_NAME, findRegistry, cron, () => this.run());
  }

  start(): void {
    this.job.start();
  }

  /** Waits for a warm-up that the job began: cancel it first. */
  stop(): Promise<void> {
    return this.job.stop();
  }

  /** Without a store that says whose turn it is, nothing says what to ask for either. */
  private async run(): Promise<void> {
    if ((await this.turns.claim(TURN, this.job.untilNextMs)) === 'ours') await this.warmUp();
  }
}

import type { Clock } from '../common/clock.js';
import { ModuleLogger } from '../common/module-logger.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { CacheConfigRepository } from '../storage/repositories/cache-config.repository.js';
import {
  doneOf,
  isWatched,
  PROGRESS_KEY,
  readSharedWarmUp,
  type SharedWarmUp,
  type WarmUpReport,
} from './warm-up-report.js';

const NOTE_EVERY_MS = 1_000;

/** Notes between two lines of the log. */
const NOTES_A_LINE = 10;

/** Lets the log and, through the store, other processes and the command line follow a warm-up. */
export class ProgressNote {
  private readonly logger = new ModuleLogger();
  private task: PeriodicTask | undefined;

  constructor(
    private readonly config: CacheConfigRepository,
    private readonly clock: Clock,
  ) {}

  begin(read: () => WarmUpReport): void {
    let notes = 0;
    this.task = new PeriodicTask(NOTE_EVERY_MS, async () => {
      notes += 1;
      const report = read();
      if (notes % NOTES_A_LINE === 0) this.tell(report);
      await this.write(report);
    });
    this.task.start();
  }

  async end(report: WarmUpReport): Promise<void> {
    await this.task?.stop();
    await this.write(report);
  }

  /** @throws what the store throws. */
  async latest(): Promise<SharedWarmUp | null> {
    return readSharedWarmUp(await this.config.find(PROGRESS_KEY), this.clock.now());
  }

  private tell(report: WarmUpReport): void {
    this.logger.log(`Warm-up: ${doneOf(report)} of ${report.planned} requests done`);
  }

  /**
   * Nothing of one that began by itself and found nothing to do, nor when the store is out: it is a help to look, no
   * more.
   */
  private async write(report: WarmUpReport): Promise<void> {
    if (report.planned === 0 && !isWatched(report)) return;
    await this.config.upsert(PROGRESS_KEY, JSON.stringify(report), this.clock.now()).catch(() => undefined);
  }
}

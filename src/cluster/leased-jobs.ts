import type { Clock } from '../common/clock.js';
import { StoreTimeoutError } from '../common/errors.js';
import { inTime } from '../common/in-time.js';
import type { JobTurns, Turn } from '../common/job-turns.js';
import type { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import { jobKeptUntil } from './lifetimes.js';
import type { PeerWatch } from './peer-watch.js';

/**
 * Turns by leases in the store. Rejected: electing one leader for all jobs, for a process whose books cannot be asked
 * may clean up as well as any; a lock held while the job runs, after which the next process, whose clock is a moment
 * behind, would do it again.
 */
export class LeasedJobs implements JobTurns {
  /** @param timeoutMs how long the store may take to answer. */
  constructor(
    private readonly watch: PeerWatch,
    private readonly leases: CacheLeaseRepository,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  async claim(job: string, dueAgainInMs: number): Promise<Turn> {
    // Whoever has come since the last look may have asked already.
    if (this.watch.otherProcesses === 0) await this.look();
    if (this.watch.otherProcesses === 0) return 'ours';
    const acquiring = this.leases.acquireJob(job, this.clock.now(), jobKeptUntil(this.clock, dueAgainInMs));
    try {
      const isOurs = await inTime(acquiring, this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs));
      return isOurs ? 'ours' : 'theirs';
    } catch {
      return 'unknown';
    }
  }

  private look(): Promise<void> {
    return inTime(this.watch.catchUp(), this.timeoutMs, () => new StoreTimeoutError(this.timeoutMs)).catch(
      ignore,
    );
  }

  handOn(job: string): void {
    if (this.watch.otherProcesses > 0) this.leases.releaseJob(job).catch(ignore);
  }
}

function ignore(): void {}

import { ModuleLogger } from '../common/module-logger.js';
import { repeatWhileFull } from '../common/batches.js';
import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/message-of.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { CacheInvalidationRepository } from '../storage/repositories/cache-invalidation.repository.js';
import type { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import type { CacheProcessRepository } from '../storage/repositories/cache-process.repository.js';
import { aliveUntil, BEAT_EVERY_MS } from './lifetimes.js';

/** Invalidations that are kept for processes that are behind; who is further behind empties its memory. */
const KEPT_INVALIDATIONS = 10_000;

/** How long they are kept, in milliseconds: far longer than a process can be behind and still count as alive. */
const KEPT_FOR_MS = 600_000;

/**
 * How long a lease that ran out is kept, in milliseconds. One that is removed wakes all who wait for its load; one that
 * ran out is taken over by whoever looks first, and the others go on waiting.
 */
const LEASES_KEPT_FOR_MS = 30_000;

const BATCH_SIZE = 500;

/** Says that this process is alive, and clears away what dead ones left and what nobody needs to be told any more. */
export class Heartbeat {
  private readonly logger = new ModuleLogger();
  private readonly task = new PeriodicTask(BEAT_EVERY_MS, () => this.beat());

  constructor(
    private readonly processes: CacheProcessRepository,
    private readonly invalidations: CacheInvalidationRepository,
    private readonly leases: CacheLeaseRepository,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }

  /** One beat. Never rejects. */
  async beat(): Promise<void> {
    try {
      const now = this.clock.now();
      // Together, so that the write gate puts them into one transaction.
      await Promise.all([
        this.processes.stayAlive(aliveUntil(this.clock)),
        this.processes.removeDead(now),
        this.leases.removeExpired(now - LEASES_KEPT_FOR_MS),
      ]);
      const oldest = now - KEPT_FOR_MS;
      await repeatWhileFull(BATCH_SIZE, () =>
        this.invalidations.prune(KEPT_INVALIDATIONS, oldest, BATCH_SIZE),
      );
    } catch (error) {
      this.logger.debug(`Could not tell other processes that this one is alive: ${messageOf(error)}`);
    }
  }
}

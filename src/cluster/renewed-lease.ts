import type { Lease } from '../cache/peers.js';
import type { Clock } from '../common/clock.js';
import { PeriodicTask } from '../common/periodic-task.js';
import type { CacheLeaseRepository } from '../storage/repositories/cache-lease.repository.js';
import { leasedUntil, RENEW_EVERY_MS } from './lifetimes.js';

/** A lease that lasts until it is released or its process dies. One that cannot be renewed runs out, and costs a load. */
export class RenewedLease implements Lease {
  private readonly renewing: PeriodicTask;

  constructor(
    private readonly key: string,
    private readonly leases: CacheLeaseRepository,
    clock: Clock,
  ) {
    this.renewing = new PeriodicTask(RENEW_EVERY_MS, () =>
      leases.renew(key, leasedUntil(clock)).catch(ignore),
    );
    this.renewing.start();
  }

  release(): void {
    void this.renewing.stop();
    this.leases.release(this.key).catch(ignore);
  }
}

function ignore(): void {}
